/**
 * Starting a container, in its supervisor: cgroup first, so that the process is born inside its limits, then one
 * clone3(2) for the namespaces, then what only the parent can do for the child.
 *
 *   supervisor                              the container's first process (init-steps.ts)
 *   --------------------------------------  ---------------------------------------------------------------
 *   clone3(CLONE_NEW*, CLONE_INTO_CGROUP) ─▶ starts; is in the cgroup and the new namespaces already
 *   uid maps, network            ─ "g" ─▶   waits for the byte, if there is a map or a bridge to wait for
 *                                           init steps
 *                             ◀─ "t" + fd ─ only with a terminal: the pty master (SCM_RIGHTS)
 *                                ◀─ {…} ─   a step or execve failed: message and exit code, then exits
 *                               ◀─ close ─  execve done: the socket is close-on-exec
 */
import { applyResources, createCgroup, killCgroup, tryRemoveCgroup } from "../cgroups/container-cgroup.ts";
import { attachDeviceProgram, defaultDeviceProgram } from "../cgroups/devices.ts";
import { cgroupWrites } from "../cgroups/resources.ts";
import { CLONE_NEWCGROUP, O_CLOEXEC, O_RDONLY } from "../linux/constants.ts";
import { sourceHere } from "../linux/source-position.ts";
import type { CreateContext } from "./create-context.ts";
import { type InitFailure, runInit } from "./init.ts";
import { namespaceNames } from "./namespace-names.ts";
import { ProgramError } from "./program.ts";
import { initLayer, rootFolder } from "./shared-folders.ts";
import { writeState } from "./state.ts";
import { stepReporter } from "./step-port.ts";
import type { Step } from "./steps.ts";
import { TERMINAL_MESSAGE } from "./terminal.ts";

/** The cgroup namespace is made by the child itself, see init-steps.ts. */
export const cloneFlags = (namespaces: number): number => namespaces & ~CLONE_NEWCGROUP;

export const startSteps: readonly Step<CreateContext>[] = [
  {
    name: "create-cgroup",
    part: "cgroup",
    syscall: "mkdir",
    args: ({ cgroupFolder }) => [cgroupFolder],
    source: sourceHere(),
    run: (c) => {
      c.cgroup = createCgroup(c.host, c.cgroupFolder);
    },
    undo: (c) => {
      if (!tryRemoveCgroup(c.cgroupFolder)) throw new Error(`rmdir(2) ${c.cgroupFolder}: EBUSY`);
    },
  },
  {
    name: "set-limits",
    part: "cgroup",
    syscall: "write",
    args: ({ state }) => cgroupWrites(state.spec.resources).map(({ file, value }) => `${file}=${value}`),
    source: sourceHere(),
    when: ({ state }) => cgroupWrites(state.spec.resources).length > 0,
    run: ({ host, cgroupFolder, state }) => applyResources(host, cgroupFolder, state.spec.resources),
  },
  {
    name: "allow-devices",
    part: "cgroup",
    syscall: "bpf",
    args: () => ["BPF_PROG_ATTACH", "BPF_CGROUP_DEVICE"],
    source: sourceHere(),
    when: ({ state }) => !state.spec.privileged,
    run: ({ host, cgroup }) => attachDeviceProgram(host.linux, cgroup, defaultDeviceProgram(host.linux)),
  },
  {
    name: "open-stdio",
    part: "entrypoint",
    syscall: "pipe2",
    args: ({ state }) => (state.spec.process.openStdin ? ["stdin", "stdout", "stderr"] : ["stdout", "stderr"]),
    source: sourceHere(),
    when: ({ state }) => !state.spec.process.terminal,
    run: openStdio,
    undo: (c) => c.closeFds(),
  },
  {
    name: "clone",
    part: "namespaces",
    syscall: "clone3",
    args: ({ state }) => [...namespaceNames(cloneFlags(state.spec.namespaces)), "CLONE_INTO_CGROUP"],
    source: sourceHere(),
    run: cloneInit,
    undo: endInit,
  },
  {
    // The child's last act, seen from here: the socket closes with it.
    name: "execve",
    part: "entrypoint",
    syscall: "execve",
    args: ({ state }) => state.spec.process.args.slice(0, 32).map((word) => word.slice(0, 200)),
    source: sourceHere(),
    run: awaitProgram,
  },
  {
    name: "write-state",
    part: null,
    syscall: "rename",
    args: ({ stateFolder }) => [`${stateFolder}/state.json.new`, "state.json"],
    source: sourceHere(),
    run: (c) => {
      const { pid } = c;
      c.state = { ...c.state, status: "running", pid, supervisorPid: process.pid, startedMs: Date.now() };
      writeState(c.host.paths, c.state);
    },
  },
];

function awaitProgram(c: CreateContext): void {
  const { linux } = c.host;
  for (;;) {
    const message = linux.receiveMessage(c.sync, 65_536);
    if (message === null) break;
    if (message.data[0] === TERMINAL_MESSAGE) {
      c.terminal = message.fds[0] ?? null;
      continue;
    }
    const { message: words, exitCode } = JSON.parse(Buffer.from(message.data).toString()) as InitFailure;
    throw new ProgramError(words, exitCode, null);
  }
  linux.close(c.sync);
  c.sync = -1;
}

function openStdio(c: CreateContext): void {
  const { linux } = c.host;
  let input: number | null = null;
  let childInput: number;
  if (c.state.spec.process.openStdin) [childInput, input] = linux.pipe();
  else childInput = linux.open("/dev/null", O_RDONLY | O_CLOEXEC);
  const [output, childOutput] = linux.pipe();
  const [error, childError] = linux.pipe();
  c.stdio = { input, output, error };
  c.childFds = [childInput, childOutput, childError];
}

function cloneInit(c: CreateContext): void {
  const { linux } = c.host;
  const { spec } = c.state;
  const [ours, theirs] = linux.socketpair();
  c.sync = ours;
  const [input = -1, output = -1, error = -1] = c.childFds;
  try {
    const child = linux.clone3({ flags: cloneFlags(spec.namespaces), cgroupFd: c.cgroup }, () =>
      runInit(
        {
          linux,
          spec,
          rootPath: rootFolder(c.host.paths),
          initLayer: initLayer(c.host.paths),
          upperDir: `${c.diskFolder}/upper`,
          workDir: `${c.diskFolder}/work`,
          etcDir: c.stateFolder,
          sync: theirs,
          stdio: [input, output, error],
          windowSize: c.windowSize,
          trees: [],
          user: null,
        },
        stepReporter(linux, c.stepPort, c.state, "init"),
      ),
    );
    c.pid = child.pid;
    c.pidfd = child.pidfd;
  } catch (failure) {
    linux.close(ours);
    c.sync = -1;
    throw failure;
  } finally {
    linux.close(theirs);
    for (const fd of c.childFds) linux.close(fd);
    c.childFds = [];
  }
}

/** Everything in the cgroup ends with it, and is waited for: the group must be empty to be removed. */
function endInit(c: CreateContext): void {
  killCgroup(c.host, c.cgroupFolder);
  c.host.linux.waitpid(c.pid);
  c.closeFds();
}
