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
 *                                ◀─ "x" ─   execve(2) is next
 *                               ◀─ close ─  execve done: the socket is close-on-exec
 */
import { O_CLOEXEC, O_RDONLY } from "../linux/constants.ts";
import { sourceHere } from "../linux/source-position.ts";
import type { CreateContext } from "./create-context.ts";
import { CANNOT_CREATE, type InitFailure, READY_MESSAGE } from "./init.ts";
import { ProgramError } from "./program.ts";
import { cgroupSteps } from "./start-cgroup-steps.ts";
import { cloneSteps } from "./start-clone-steps.ts";
import { writeState } from "./state.ts";
import type { Step } from "./steps.ts";
import { TERMINAL_MESSAGE } from "./terminal.ts";

export const startSteps: readonly Step<CreateContext>[] = [
  ...cgroupSteps,
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
  ...cloneSteps,
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
      const network = { ...c.state.network, endpoints: c.endpoints, ports: c.ports };
      c.state = { ...c.state, network, status: "running", pid, supervisorPid: process.pid, startedMs: Date.now() };
      writeState(c.host.paths, c.state);
    },
  },
];

function awaitProgram(c: CreateContext): void {
  const { linux } = c.host;
  let said = "";
  for (;;) {
    const message = linux.receiveMessage(c.sync, 65_536);
    if (message === null) break;
    if (message.data[0] === TERMINAL_MESSAGE) c.terminal = message.fds[0] ?? null;
    else said += Buffer.from(message.data).toString();
  }
  if (said === "") throw new ProgramError("the container's first process died before its program", CANNOT_CREATE, null);
  const failure = said.startsWith(READY_MESSAGE) ? said.slice(READY_MESSAGE.length) : said;
  if (failure !== "") {
    const { message, exitCode } = JSON.parse(failure) as InitFailure;
    throw new ProgramError(message, exitCode, null);
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
