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
import { attachDeviceProgram, defaultDeviceProgram, loadDeviceProgram } from "../cgroups/devices.ts";
import { cgroupWrites } from "../cgroups/resources.ts";
import { CLONE_NEWCGROUP, CLONE_NEWTIME, CLONE_NEWUSER, O_CLOEXEC, O_RDONLY } from "../linux/constants.ts";
import { sourceHere } from "../linux/source-position.ts";
import { attachNetworkSteps, needsNetworkFromParent } from "../network/attach-steps.ts";
import type { CreateContext } from "./create-context.ts";
import { writeIdMaps } from "./id-maps.ts";
import { isIdmapped, prepareIdmaps } from "./idmap.ts";
import { type InitFailure, runInit } from "./init.ts";
import type { InitContext } from "./init-context.ts";
import { cloneInto, openJoins } from "./namespace-joins.ts";
import { namespaceNames } from "./namespace-names.ts";
import { ProgramError } from "./program.ts";
import { initLayer, rootFolder } from "./shared-folders.ts";
import type { ContainerSpec } from "./spec.ts";
import { writeState } from "./state.ts";
import { stepReporter } from "./step-port.ts";
import type { Step } from "./steps.ts";
import { TERMINAL_MESSAGE } from "./terminal.ts";

/** The cgroup namespace is made by the child itself, and a time namespace with offsets, see init-namespace-steps.ts. */
export const cloneFlags = ({ namespaces, timeOffsets }: ContainerSpec): number =>
  namespaces & ~(CLONE_NEWCGROUP | (timeOffsets === null ? 0 : CLONE_NEWTIME));

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
    when: ({ state }) => state.spec.deviceRules !== "all",
    run: allowDevices,
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
    // A mount can only be given mapped ids by who is privileged where its file system is.
    name: "idmap-mounts",
    part: "filesystem",
    syscall: "mount_setattr",
    args: () => ["MOUNT_ATTR_IDMAP"],
    source: sourceHere(),
    when: ({ state }) => state.spec.mounts.some(isIdmapped),
    run: (c) => prepareIdmaps(c),
    undo: (c) => c.closeFds(),
  },
  {
    name: "clone",
    part: "namespaces",
    syscall: "clone3",
    args: ({ state }) => [...namespaceNames(cloneFlags(state.spec)), "CLONE_INTO_CGROUP"],
    source: sourceHere(),
    run: cloneInit,
    undo: endInit,
  },
  {
    name: "map-ids",
    part: "namespaces",
    syscall: "write",
    args: ({ pid }) => [`/proc/${pid}/uid_map`, "gid_map"],
    source: sourceHere(),
    when: ({ state }) => (state.spec.namespaces & CLONE_NEWUSER) !== 0,
    run: ({ host, pid, state }) => writeIdMaps(host, pid, state.spec),
  },
  // What is attached to the child's network namespace, while it waits.
  ...attachNetworkSteps,
  {
    name: "release-init",
    part: "namespaces",
    syscall: "write",
    args: () => ["sync"],
    source: sourceHere(),
    when: waitsForParent,
    run: ({ host, sync }) => {
      host.linux.write(sync, "g");
    },
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

/** Whether the child has to wait until something is done for it. */
function waitsForParent({ state: { spec } }: CreateContext): boolean {
  return (spec.namespaces & CLONE_NEWUSER) !== 0 || needsNetworkFromParent(spec);
}

function allowDevices({ host, cgroup, state }: CreateContext): void {
  const { linux } = host;
  const { deviceRules } = state.spec;
  if (deviceRules === "all") return;
  if (deviceRules === "default") {
    attachDeviceProgram(linux, cgroup, defaultDeviceProgram(linux));
    return;
  }
  const program = loadDeviceProgram(linux, deviceRules);
  attachDeviceProgram(linux, cgroup, program);
  linux.close(program);
}

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
  const joins = spec.joins.length === 0 ? [] : openJoins(c.host, spec.joins);
  const [ours, theirs] = linux.socketpair();
  c.sync = ours;
  const options = { flags: cloneFlags(spec), cgroupFd: c.cgroup };
  const init = () => {
    if (waitsForParent(c)) linux.close(ours); // held here, the parent's death would not be seen
    return runInit(initContext(c, theirs), stepReporter(linux, c.stepPort, c.state, "init"));
  };
  try {
    const child = joins.length === 0 ? linux.clone3(options, init) : cloneInto(c.host, joins, options, init);
    c.pid = child.pid;
    c.pidfd = child.pidfd;
  } catch (failure) {
    linux.close(ours);
    c.sync = -1;
    throw failure;
  } finally {
    linux.close(theirs);
    for (const fd of [...c.childFds, ...c.idmapTrees.values(), ...joins.map(({ fd }) => fd)]) linux.close(fd);
    c.childFds = [];
    c.idmapTrees.clear();
  }
}

function initContext(c: CreateContext, sync: number): InitContext {
  const [input = -1, output = -1, error = -1] = c.childFds;
  const { host, state } = c;
  return {
    linux: host.linux,
    spec: state.spec,
    rootPath: rootFolder(host.paths),
    initLayer: initLayer(host.paths),
    upperDir: `${c.diskFolder}/upper`,
    workDir: `${c.diskFolder}/work`,
    etcDir: c.stateFolder,
    sync,
    waits: waitsForParent(c),
    stdio: [input, output, error],
    windowSize: c.windowSize,
    seccomp: c.seccomp?.code ?? null,
    seccompFlags: c.seccomp?.flags ?? 0,
    idmapTrees: c.idmapTrees,
    bundle: null,
    etcTrees: [],
    prepared: [],
    user: null,
  };
}

/** Everything in the cgroup ends with it, and is waited for: the group must be empty to be removed. */
function endInit(c: CreateContext): void {
  killCgroup(c.host, c.cgroupFolder);
  c.host.linux.waitpid(c.pid);
  c.closeFds();
}
