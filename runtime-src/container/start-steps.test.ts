import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { NO_LIMITS } from "../cgroups/resources.ts";
import { type CallName, recordingLinux } from "../linux/recording.ts";
import { NO_NETWORK } from "../network/settings.ts";
import { dockerCapabilities } from "../oci/capabilities.ts";
import { READY_MESSAGE } from "./init.ts";
import { launchContainer } from "./launch.ts";
import type { Paths } from "./paths.ts";
import { type ContainerSpec, DOCKER_DEFAULTS } from "./spec.ts";
import type { ContainerState } from "./state.ts";
import { openStepPort } from "./step-port.ts";

/** Opened once a process, so that the calls counted below are the container's own; the first write is its. */
beforeAll(() => void openStepPort(recordingLinux().linux, "/dev/hvc3"));

let root: string;
let paths: Paths;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "box-"));
  const below = (name: string) => path.join(root, name);
  paths = {
    run: below("run"),
    lib: below("lib"),
    images: below("images"),
    layers: below("layers"),
    cgroup: below("cgroup/box"),
    cgroupName: "/box",
    steps: below("none"),
  };
  mkdirSync(paths.cgroup, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const SPEC: ContainerSpec = {
  ...DOCKER_DEFAULTS,
  process: {
    args: ["true"],
    env: [],
    cwd: "/",
    user: "",
    terminal: false,
    openStdin: false,
    additionalGids: [],
    umask: null,
    consoleSize: null,
    capabilities: dockerCapabilities(0),
    noNewPrivileges: false,
    oomScoreAdj: null,
    rlimits: [],
  },
  layers: ["/layer"],
  rootReadonly: false,
  hostname: "glass",
  domainname: "",
  extraHosts: [],
  mounts: [],
  namespaces: 0x6e020000,
  resources: { ...NO_LIMITS, memoryBytes: 1e8 },
  seccomp: "default",
  privileged: false,
  shmSizeBytes: 65536,
  sysctls: [],
};

const STATE: ContainerState = {
  version: 1,
  id: "ab".repeat(32),
  name: "web",
  image: "busybox",
  imageId: "sha256:0",
  spec: SPEC,
  network: NO_NETWORK,
  autoRemove: false,
  stopSignal: null,
  stopTimeoutSeconds: null,
  labels: {},
  createdMs: 0,
  status: "created",
  pid: null,
  supervisorPid: null,
  startedMs: null,
  finishedMs: null,
  exitCode: null,
  oomKilled: false,
  error: "",
};

/** What is left on disk, below the folders that all containers share. */
const left = () =>
  ["run", "run/names", "lib/containers", "cgroup/box"].flatMap((folder) => {
    const full = path.join(root, folder);
    return existsSync(full) ? readdirSync(full).filter((name) => name !== "names") : [];
  });

test("the cgroup is there before the process, which is born in it; the state says running last", () => {
  const { linux, names, of, answer } = recordingLinux();
  let asked = 0;
  answer("receiveMessage", () => (asked++ === 0 ? { data: new TextEncoder().encode(READY_MESSAGE), fds: [] } : null));
  const c = launchContainer({ linux, paths }, STATE);
  expect(c.state).toMatchObject({ status: "running", pid: 1000 });
  const order = names().filter((name) => ["flock", "bpf", "clone3", "receiveMessage"].includes(name));
  expect(order.slice(0, 1)).toEqual(["flock"]);
  expect(order.slice(-3)).toEqual(["clone3", "receiveMessage", "receiveMessage"]);
  expect(of("clone3")[0]?.args[0]).toEqual({ flags: 0x6c020000, cgroupFd: c.cgroup });
  expect(left()).toHaveLength(4);
});

test("a child that dies without a word has not run its program, and everything is undone", () => {
  const { linux } = recordingLinux();
  expect(() => launchContainer({ linux, paths }, STATE)).toThrow("the container's first process died");
  expect(left()).toEqual([]);
});

test("what the child says went wrong is the error, and everything is undone", () => {
  const { linux, names, answer } = recordingLinux();
  let asked = 0;
  const words = JSON.stringify({ message: 'exec: "true": permission denied', exitCode: 126 });
  answer("receiveMessage", () => (asked++ === 0 ? { data: new TextEncoder().encode(words), fds: [] } : null));
  expect(() => launchContainer({ linux, paths }, STATE)).toThrow('execve: exec: "true": permission denied');
  expect(names()).toContain("waitpid");
  expect(left()).toEqual([]);
});

const FAILURES: readonly [CallName, number][] = [
  ["flock", 1],
  ["open", 1],
  ["open", 2],
  ["open", 3],
  ["open", 4],
  ["write", 2],
  ["bpf", 1],
  ["pipe", 1],
  ["pipe", 2],
  ["socketpair", 1],
  ["clone3", 1],
  ["receiveMessage", 1],
];

test.each(FAILURES)("%s failing at its call number %d leaves nothing", (name, nth) => {
  const { linux, fail } = recordingLinux();
  fail(name, "EPERM", { nth });
  expect(() => launchContainer({ linux, paths }, STATE)).toThrow(/EPERM/);
  expect(left()).toEqual([]);
});
