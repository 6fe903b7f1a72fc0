/**
 * Second part of starting a container: one clone3(2) for its namespaces, into its cgroup, and what only the parent can do
 * for the child while it waits: maps of a user namespace, what goes into a network namespace. See start-steps.ts for the
 * whole handshake.
 */
import { killCgroup } from "../cgroups/container-cgroup.ts";
import { CLONE_NEWCGROUP, CLONE_NEWTIME, CLONE_NEWUSER } from "../linux/constants.ts";
import { sourceHere } from "../linux/source-position.ts";
import { addressSteps, attachNetworkSteps, needsNetworkFromParent } from "../network/attach-steps.ts";
import { sharedWith } from "../network/settings.ts";
import type { CreateContext } from "./create-context.ts";
import { writeIdMaps } from "./id-maps.ts";
import { isIdmapped, prepareIdmaps } from "./idmap.ts";
import type { InitContext } from "./init-context.ts";
import { hasMappedRoot, mappedLayers } from "./mapped-root.ts";
import { cloneInto, openJoins } from "./namespace-joins.ts";
import { namespaceNames } from "./namespace-names.ts";
import { stateFolder } from "./paths.ts";
import { initLayer, rootFolder } from "./shared-folders.ts";
import type { ContainerSpec } from "./spec.ts";
import { stepReporter } from "./step-port.ts";
import type { Step } from "./steps.ts";

/** The cgroup namespace is made by the child itself, and a time namespace with offsets, see init-namespace-steps.ts. */
export const cloneFlags = ({ namespaces, timeOffsets }: ContainerSpec): number =>
  namespaces & ~(CLONE_NEWCGROUP | (timeOffsets === null ? 0 : CLONE_NEWTIME));

export const cloneSteps: readonly Step<CreateContext>[] = [
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
  ...addressSteps,
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
];

/** Whether the child has to wait until something is done for it. */
function waitsForParent({ state: { spec, network } }: CreateContext): boolean {
  return (spec.namespaces & CLONE_NEWUSER) !== 0 || needsNetworkFromParent(network);
}

/** Who shares another container's network has its names too. */
export function etcFolder({ host, state, stateFolder: own }: CreateContext): string {
  const other = sharedWith(state.network.mode);
  return other === null ? own : stateFolder(host.paths, other);
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
    return c.runInit(initContext(c, theirs), stepReporter(linux, c.stepPort, c.state, "init"));
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

export function initContext(c: CreateContext, sync: number): InitContext {
  const [input = -1, output = -1, error = -1] = c.childFds;
  const { host, state } = c;
  const mapped = hasMappedRoot(state.spec) ? mappedLayers(host.paths, state.spec) : null;
  return {
    linux: host.linux,
    spec: mapped ? { ...state.spec, layers: mapped.layers } : state.spec,
    rootPath: state.spec.rootPath ?? rootFolder(host.paths),
    initLayer: mapped?.initLayer ?? initLayer(host.paths),
    upperDir: `${c.diskFolder}/upper`,
    workDir: `${c.diskFolder}/work`,
    etcDir: etcFolder(c),
    cgroupFolder: c.cgroupFolder,
    sync,
    waits: waitsForParent(c),
    endpoints: c.endpoints,
    stdio: c.bundle ? [0, 1, 2] : [input, output, error],
    windowSize: c.windowSize,
    seccomp: c.seccomp?.code ?? null,
    seccompFlags: c.seccomp?.flags ?? 0,
    idmapTrees: c.idmapTrees,
    bundle: c.bundle,
    etcTrees: [],
    prepared: [],
    user: null,
    rootFd: -1,
  };
}

/** Everything in the cgroup ends with it, and is waited for: the group must be empty to be removed. */
function endInit(c: CreateContext): void {
  killCgroup(c.host, c.cgroupFolder);
  c.host.linux.waitpid(c.pid);
  c.closeFds();
}
