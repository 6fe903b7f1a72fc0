/** What the agent answers, one function a method of lib/protocol/agent.ts. */
import { AGENT_VERSION, type AgentMethod, type AgentMethods, type ContainerSummary } from "../../lib/protocol/agent.ts";
import { dockerStatus, healthStatus } from "../cli/container-row.ts";
import { setPaused } from "../cli/pause.ts";
import type { Runtime } from "../cli/runtime.ts";
import { parseSignal } from "../cli/signal-names.ts";
import { BOX_VERSION, kernelRelease } from "../cli/version.ts";
import { shortId } from "../container/paths.ts";
import { listContainers } from "../container/recover.ts";
import { O_CLOEXEC, O_NOCTTY, O_NONBLOCK, O_RDWR } from "../linux/constants.ts";
import { runChild } from "./child-run.ts";
import { changeLimits, writeCgroup } from "./limits.ts";
import { openShell } from "./open-shell.ts";
import { Refusal } from "./refusal.ts";

type Methods = {
  readonly [M in AgentMethod]: (
    runtime: Runtime,
    params: AgentMethods[M]["params"],
  ) => AgentMethods[M]["result"] | Promise<AgentMethods[M]["result"]>;
};

const DOCKER_TO_OCI = {
  created: "created",
  running: "running",
  paused: "paused",
  restarting: "stopped",
  exited: "stopped",
} as const;

/** Not /proc/self/exe: the agent runs from a mount that has no name (engine/protect.c). */
const BOX = "/usr/bin/box";

const SHELL_ENV = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/root",
  USER: "root",
  LOGNAME: "root",
  SHELL: "/bin/bash",
  LC_CTYPE: "C.UTF-8",
  BASH_ENV: "/etc/bash.pid1",
  TERM: "dumb",
};

const timeoutFlag = (seconds: number | undefined): string[] => (seconds === undefined ? [] : ["-t", String(seconds)]);

/** What needs a process of its own (a supervisor, a wait) is a command line of box; what it says is the refusal. */
async function boxDone(argv: readonly string[]): Promise<null> {
  const { exitCode, stderr } = await runChild(BOX, argv, { env: SHELL_ENV, cwd: "/root" });
  if (exitCode === 0) return null;
  const message = stderr.trim().replace(/^(?:Error: |box: )/, "");
  throw new Refusal(message.startsWith("No such container") ? "NO_SUCH_CONTAINER" : "FAILED", message);
}

export const methods: Methods = {
  hello: (_, { version }) => {
    if (version !== AGENT_VERSION) {
      throw new Refusal("VERSION", `the guest speaks version ${AGENT_VERSION}; build page and guest image together`);
    }
    return { version: AGENT_VERSION, box: BOX_VERSION, kernel: kernelRelease() };
  },
  setClock: ({ linux }, { epochMs, entropy }) => {
    linux.setClock(epochMs);
    if (entropy !== undefined) linux.addEntropy(Buffer.from(entropy, "hex"));
    return null;
  },
  windowSize: ({ linux }, { terminal, columns, rows }) => {
    if (!/^hvc[0-9]$/.test(terminal)) throw new Refusal("BAD_REQUEST", `no terminal "${terminal}"`);
    const fd = linux.open(`/dev/${terminal}`, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    try {
      linux.setWindowSize(fd, columns, rows);
    } finally {
      linux.close(fd);
    }
    return null;
  },
  box: (_, { argv }) => runChild(process.argv[0] ?? "box", argv, { env: SHELL_ENV, cwd: "/root" }),
  shell: (_, { command, cwd }) => runChild("/bin/bash", ["-c", command], { env: SHELL_ENV, cwd: cwd ?? "/root" }),
  kill: ({ linux }, { pid, signal }) => {
    linux.kill(pid, parseSignal(signal));
    return null;
  },
  killContainer: (_, { container, signal }) => boxDone(["kill", "-s", signal, "--", container]),
  pause: (runtime, { container }) => {
    setPaused(runtime, container, true);
    return null;
  },
  unpause: (runtime, { container }) => {
    setPaused(runtime, container, false);
    return null;
  },
  start: (_, { container }) => boxDone(["start", "--", container]),
  stop: (_, { container, timeoutSeconds }) => boxDone(["stop", ...timeoutFlag(timeoutSeconds), "--", container]),
  restart: (_, { container, timeoutSeconds }) => boxDone(["restart", ...timeoutFlag(timeoutSeconds), "--", container]),
  rm: (_, { container, force, volumes }) =>
    boxDone(["rm", ...(force ? ["-f"] : []), ...(volumes ? ["-v"] : []), "--", container]),
  rename: (_, { container, name }) => boxDone(["rename", "--", container, name]),
  update: (runtime, { container, ...changes }) => {
    changeLimits(runtime, container, changes);
    return null;
  },
  writeCgroup,
  openShell,
  networkConnect: (_, { network, container }) => boxDone(["network", "connect", "--", network, container]),
  networkDisconnect: (_, { network, container }) => boxDone(["network", "disconnect", "--", network, container]),
  list: (runtime) => ({
    containers: listContainers(runtime).map((state) => ({
      id: state.id,
      name: state.name,
      image: state.image,
      status: DOCKER_TO_OCI[dockerStatus(runtime, state)],
      restarting: state.status === "restarting",
      health: healthStatus(runtime, state) as ContainerSummary["health"],
      pid: state.pid,
      ports: state.network.ports,
      cgroup: `${runtime.paths.cgroupName}/${shortId(state.id)}`,
    })),
  }),
};
