import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { openStepPort } from "../container/step-port.ts";
import { type CallName, type Recording, recordingLinux } from "../linux/recording.ts";
import { BundleContext, createBundle, newRecord } from "./bundle-create.ts";
import { READY_MESSAGE } from "./bundle-init.ts";
import { findRecord } from "./bundle-state.ts";
import { parseConfig } from "./config.ts";

/** Opened once a process, so that the calls counted below are the container's own. */
beforeAll(() => void openStepPort(recordingLinux().linux, "/dev/hvc3"));

let folder: string;
let root: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "bundle-"));
  root = path.join(folder, "state");
  for (const name of ["rootfs", "cgroup/box"]) mkdirSync(path.join(folder, name), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const CONFIG = {
  ociVersion: "1.0.2",
  process: { args: ["true"], cwd: "/", rlimits: [{ type: "RLIMIT_CORE", soft: 1, hard: 2 }], oomScoreAdj: 5 },
  root: { path: "rootfs" },
  linux: {
    namespaces: [{ type: "mount" }, { type: "pid" }, { type: "user" }],
    uidMappings: [{ containerID: 0, hostID: 1000, size: 1 }],
    gidMappings: [{ containerID: 0, hostID: 1000, size: 1 }],
  },
};

function context({ linux }: Recording): BundleContext {
  const below = (name: string) => path.join(folder, name);
  const paths = {
    run: below("run"),
    lib: below("lib"),
    images: below("images"),
    layers: below("layers"),
    cgroup: below("cgroup/box"),
    cgroupName: "/box",
    steps: below("none"),
  };
  const spec = {
    ...parseConfig(JSON.stringify(CONFIG), { bundle: folder, id: "it", ownCgroup: "/box" }),
    cgroupsPath: null,
  };
  const cgroup = below("cgroup/box/it");
  const record = newRecord(root, {
    id: "it",
    bundle: folder,
    spec,
    cgroup,
    madeCgroups: [],
    createdMs: 0,
    owner: "root",
  });
  return new BundleContext({ linux, paths }, root, record, () => {});
}

const ready = (recording: Recording): Recording => {
  recording.answer("receiveMessage", () => ({ data: new Uint8Array([READY_MESSAGE]), fds: [] }));
  return recording;
};

const left = () => [...(existsSync(root) ? readdirSync(root) : []), ...readdirSync(path.join(folder, "cgroup/box"))];

test("locked first; born in its cgroup; maps before the word to go on; its record says who it is last", () => {
  const recording = ready(recordingLinux());
  createBundle(context(recording));
  const wanted = ["flock", "bpf", "mknod", "clone3", "prlimit", "receiveMessage"];
  const order = recording.names().filter((name) => wanted.includes(name));
  expect(order.filter((name, i) => order[i - 1] !== name && name !== "bpf")).toEqual([
    "flock",
    "mknod",
    "clone3",
    "prlimit",
    "receiveMessage",
  ]);
  const opened = recording.of("open").map(({ args }) => String(args[0]));
  expect(opened.slice(-3)).toEqual(["/proc/1000/uid_map", "/proc/1000/gid_map", "/proc/1000/oom_score_adj"]);
  expect(findRecord(root, "it")?.pid).toBe(1000);
  expect(JSON.parse(readFileSync(path.join(root, "it/state.json"), "utf8"))).toMatchObject({ id: "it", pid: 1000 });
});

test("an id that is taken", () => {
  createBundle(context(ready(recordingLinux())));
  expect(() => context(recordingLinux())).toThrow('container with id "it" already exists');
});

test("what the init says went wrong is the error, and everything is undone", () => {
  const recording = recordingLinux();
  const words = JSON.stringify({ message: 'exec: "true": permission denied', exitCode: 126 });
  recording.answer("receiveMessage", () => ({ data: new TextEncoder().encode(words), fds: [] }));
  expect(() => createBundle(context(recording))).toThrow(/^exec: "true": permission denied$/);
  expect(recording.names()).toContain("waitpid");
  expect(left()).toEqual([]);
});

const FAILURES: readonly [CallName, number][] = [
  ["flock", 1],
  ["bpf", 1],
  ["mknod", 1],
  ["mknod", 2],
  ["socketpair", 1],
  ["clone3", 1],
  ["write", 1],
  ["write", 2],
  ["prlimit", 1],
  ["receiveMessage", 1],
];

test.each(FAILURES)("%s failing at its call number %d leaves nothing", (name, nth) => {
  const recording = ready(recordingLinux());
  recording.fail(name, "EPERM", { nth });
  expect(() => createBundle(context(recording))).toThrow(/EPERM/);
  expect(left()).toEqual([]);
});
