/**
 * A further process in a running container: into its namespaces through its pidfd, into its cgroup at birth.
 *
 *   exec's process          one in between               the new process
 *   ----------------------  ---------------------------  ----------------------------------------------
 *   fork                 ─▶ setns(pidfd, most)
 *                           clone3(CLONE_INTO_CGROUP) ─▶ setns(pidfd, cgroup, user), user, capabilities, seccomp
 *                                          ◀─ "t" + fd ─ only with a terminal
 *                                             ◀─ {…} ─   something failed: message and exit code
 *                                            ◀─ close ─  execve done
 *
 * The container sees the new process from its birth on, and whoever may trace there (CAP_SYS_PTRACE) must not find the host's
 * root behind it: so it is born inside, and exec's process itself stays outside.
 */
import { openCgroup } from "../cgroups/container-cgroup.ts";
import {
  CLONE_NEWCGROUP,
  CLONE_NEWUSER,
  O_CLOEXEC,
  O_RDONLY,
  PR_SET_DUMPABLE,
  PR_SET_NO_NEW_PRIVS,
} from "../linux/constants.ts";
import { sourceHere } from "../linux/source-position.ts";
import type { SeccompProgram } from "../oci/seccomp-types.ts";
import { becomeRoot, becomeUser, dropBounding, setCapabilities, setRlimits } from "./credentials.ts";
import type { Host } from "./host.ts";
import { CANNOT_CREATE, failureOf, type InitFailure, USUAL_UMASK } from "./init.ts";
import { cloneInto } from "./namespace-joins.ts";
import { namespaceNames } from "./namespace-names.ts";
import { environmentValue, ProgramError, runProgram } from "./program.ts";
import type { ContainerSpec, ProcessSpec } from "./spec.ts";
import { forgetPendingSteps, stepPortFds } from "./step-port.ts";
import { type Reporter, runSteps, type Step } from "./steps.ts";
import { openPtyTerminal, TERMINAL_MESSAGE } from "./terminal.ts";
import { type ResolvedUser, userOf } from "./user.ts";
import { requireFolderInside } from "./working-directory.ts";

export interface ExecContext {
  readonly host: Host;
  /** Folder of its cgroup. */
  readonly cgroup: string;
  readonly spec: ContainerSpec;
  readonly process: ProcessSpec;
  /** The container's init, in our PID namespace. */
  readonly target: number;
  readonly seccomp: SeccompProgram | null;
  /** Descriptors 0 to 2 are the program's as they are; else pipes to a session. */
  readonly inheritStdio: boolean;
  readonly windowSize: { readonly columns: number; readonly rows: number } | null;
  readonly childReporter: Reporter;

  pidfd: number;
  pid: number;
  processFd: number;
  sync: number;
  terminal: number | null;
  input: number | null;
  output: number | null;
  error: number | null;
  childFds: readonly number[];
}

/**
 * Those that only the new process enters: who is in the cgroup namespace but not in its cgroup may not put anybody there, and
 * in the user namespace there is no power over what is not its own.
 */
const OWN = CLONE_NEWCGROUP | CLONE_NEWUSER;

export const execSteps: readonly Step<ExecContext>[] = [
  {
    name: "open-container",
    part: "namespaces",
    syscall: "pidfd_open",
    args: ({ target }) => [String(target)],
    source: sourceHere(),
    run: (c) => {
      c.pidfd = c.host.linux.pidfdOpen(c.target);
    },
  },
  {
    name: "open-stdio",
    part: "entrypoint",
    syscall: "pipe2",
    args: () => ["stdin", "stdout", "stderr"],
    source: sourceHere(),
    when: (c) => !c.process.terminal && !c.inheritStdio,
    run: (c) => {
      const { linux } = c.host;
      let childInput: number;
      if (c.process.openStdin) [childInput, c.input] = linux.pipe();
      else childInput = linux.open("/dev/null", O_RDONLY | O_CLOEXEC);
      const [output, childOutput] = linux.pipe();
      const [error, childError] = linux.pipe();
      c.output = output;
      c.error = error;
      c.childFds = [childInput, childOutput, childError];
    },
  },
  {
    name: "clone",
    part: "namespaces",
    syscall: "clone3",
    args: (c) => ["CLONE_INTO_CGROUP", "inside", ...namespaceNames(allNamespaces(c) & ~OWN)],
    source: sourceHere(),
    run: cloneProcess,
  },
  {
    name: "execve",
    part: "entrypoint",
    syscall: "execve",
    args: (c) => c.process.args.slice(0, 32).map((word) => word.slice(0, 200)),
    source: sourceHere(),
    run: awaitProgram,
  },
];

function cloneProcess(c: ExecContext): void {
  const { linux } = c.host;
  const cgroupFd = openCgroup(c.host, c.cgroup);
  const [ours, theirs] = linux.socketpair();
  c.sync = ours;
  try {
    const options = { flags: 0, cgroupFd };
    const outer = allNamespaces(c) & ~OWN;
    const start = () => runExec(c, theirs);
    const child =
      outer === 0 ? linux.clone3(options, start) : cloneInto(c.host, [{ type: outer, fd: c.pidfd }], options, start);
    c.pid = child.pid;
    c.processFd = child.pidfd;
  } finally {
    linux.close(theirs);
    linux.close(cgroupFd);
    for (const fd of c.childFds) linux.close(fd);
  }
}

function awaitProgram(c: ExecContext): void {
  const { linux } = c.host;
  for (;;) {
    const message = linux.receiveMessage(c.sync, 65_536);
    if (message === null) break;
    if (message.data[0] === TERMINAL_MESSAGE) {
      c.terminal = message.fds[0] ?? null;
      continue;
    }
    const { message: words, exitCode } = JSON.parse(Buffer.from(message.data).toString()) as InitFailure;
    linux.waitpid(c.pid);
    throw new ProgramError(words, exitCode, null);
  }
  linux.close(c.sync);
}

export interface JoinContext {
  readonly c: ExecContext;
  readonly sync: number;
  user: ResolvedUser | null;
}

/** Made for it or joined by it: not the ones that it shares with us. */
const allNamespaces = ({ spec }: ExecContext): number =>
  spec.joins.reduce((flags, { type }) => flags | type, spec.namespaces);

export const joinSteps: readonly Step<JoinContext>[] = [
  {
    // The container sees this process already: what it holds of the host must not be read out of /proc (ptrace(2)).
    name: "hide-process",
    part: "entrypoint",
    syscall: "prctl",
    args: () => ["PR_SET_DUMPABLE", "0"],
    source: sourceHere(),
    run: ({ c }) => void c.host.linux.prctl(PR_SET_DUMPABLE, 0),
  },
  {
    // All at once: the kernel joins every namespace of the process or none.
    name: "enter-namespaces",
    part: "namespaces",
    syscall: "setns",
    args: ({ c }) => ["pidfd", ...namespaceNames(allNamespaces(c) & OWN)],
    source: sourceHere(),
    when: ({ c }) => (allNamespaces(c) & OWN) !== 0,
    run: ({ c }) => c.host.linux.setns(c.pidfd, allNamespaces(c) & OWN),
  },
  {
    name: "set-user",
    part: "entrypoint",
    syscall: "setresuid",
    args: ({ user }) => [String(user?.uid), String(user?.gid)],
    source: sourceHere(),
    run: setUp,
  },
];

/** What init does in steps of its own; an exec's process gets the container's limits on what it may do. */
function setUp(join: JoinContext): void {
  const { c, sync } = join;
  const { linux } = c.host;
  const { process } = c;
  if (allNamespaces(c) & CLONE_NEWUSER) becomeRoot(linux, c.spec);
  linux.chdir(process.cwd);
  requireFolderInside(linux, process.cwd);
  const user = userOf(process);
  join.user = user;
  if (process.terminal) openPtyTerminal(linux, sync, c.windowSize, user);
  else if (!c.inheritStdio) for (const target of [0, 1, 2]) linux.dup2(c.childFds[target] ?? -1, target);
  setRlimits(linux, process);
  dropBounding(linux, process.capabilities);
  if (process.noNewPrivileges) linux.prctl(PR_SET_NO_NEW_PRIVS, 1);
  else loadFilter(c);
  becomeUser(linux, user, process.capabilities);
  setCapabilities(linux, user.uid, process.capabilities);
  if (process.noNewPrivileges) loadFilter(c);
}

const loadFilter = ({ host, seccomp }: ExecContext): void => {
  if (seccomp) host.linux.seccompFilter(seccomp.code, seccomp.flags);
};

function runExec(c: ExecContext, sync: number): number {
  const { linux } = c.host;
  const join: JoinContext = { c, sync, user: null };
  try {
    forgetPendingSteps(linux);
    // Folders of the host among them would be a way out: "-w /proc/self/fd/7" (CVE-2024-21626).
    linux.closeAllBut([sync, c.pidfd, ...(c.inheritStdio ? [0, 1, 2] : c.childFds), ...stepPortFds()]);
    linux.setsid();
    linux.umask(c.process.umask ?? USUAL_UMASK);
    runSteps(joinSteps, join, c.childReporter);
    linux.resetSignals();
    const { env, args } = c.process;
    const home = environmentValue(env, "HOME") === null ? [`HOME=${join.user?.home ?? "/"}`] : [];
    return runProgram(linux, args, [...env, ...home]);
  } catch (error) {
    linux.write(sync, JSON.stringify(failureOf(error as Error)));
    return CANNOT_CREATE;
  }
}
