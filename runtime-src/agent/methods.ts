/** What the agent answers, one function a method of lib/protocol/agent.ts. */
import { AGENT_VERSION, type AgentMethod, type AgentMethods } from "../../lib/protocol/agent.ts";
import { NO_LIMITS } from "../cgroups/resources.ts";
import { setPaused } from "../cli/pause.ts";
import { dockerStatus } from "../cli/ps.ts";
import type { Runtime } from "../cli/runtime.ts";
import { parseSignal } from "../cli/signal-names.ts";
import { updateContainer } from "../cli/update.ts";
import { BOX_VERSION, kernelRelease } from "../cli/version.ts";
import { shortId } from "../container/paths.ts";
import { listContainers } from "../container/recover.ts";
import { O_CLOEXEC, O_NOCTTY, O_NONBLOCK, O_RDWR } from "../linux/constants.ts";
import { runChild } from "./child-run.ts";
import { Refusal } from "./refusal.ts";

type Methods = {
  readonly [M in AgentMethod]: (
    runtime: Runtime,
    params: AgentMethods[M]["params"],
  ) => AgentMethods[M]["result"] | Promise<AgentMethods[M]["result"]>;
};

const DOCKER_TO_OCI = { created: "created", running: "running", paused: "paused", exited: "stopped" } as const;

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

export const methods: Methods = {
  hello: (_, { version }) => {
    if (version !== AGENT_VERSION) {
      throw new Refusal("VERSION", `the guest speaks version ${AGENT_VERSION}; build page and guest image together`);
    }
    return { version: AGENT_VERSION, box: BOX_VERSION, kernel: kernelRelease() };
  },
  setClock: ({ linux }, { epochMs }) => {
    linux.setClock(epochMs);
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
  box: (_, { argv }) => runChild(process.execPath, argv, { env: SHELL_ENV, cwd: "/root" }),
  shell: (_, { command, cwd }) => runChild("/bin/bash", ["-c", command], { env: SHELL_ENV, cwd: cwd ?? "/root" }),
  kill: ({ linux }, { pid, signal }) => {
    linux.kill(pid, parseSignal(signal));
    return null;
  },
  pause: (runtime, { container }) => {
    setPaused(runtime, container, true);
    return null;
  },
  unpause: (runtime, { container }) => {
    setPaused(runtime, container, false);
    return null;
  },
  update: (runtime, { container, memory, cpus, pids }) => {
    updateContainer(runtime, container, {
      ...NO_LIMITS,
      memoryBytes: memory,
      cpuQuotaUsec: cpus === null ? null : Math.round(cpus * 100_000),
      cpuPeriodUsec: cpus === null ? null : 100_000,
      pids,
    });
    return null;
  },
  list: (runtime) => ({
    containers: listContainers(runtime).map((state) => ({
      id: state.id,
      name: state.name,
      image: state.image,
      status: DOCKER_TO_OCI[dockerStatus(runtime, state)],
      pid: state.pid,
      cgroup: `${runtime.paths.cgroupName}/${shortId(state.id)}`,
    })),
  }),
};
