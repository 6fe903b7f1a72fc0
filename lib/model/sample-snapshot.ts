/** Small, whole snapshots for tests: a host with init, and whatever a test adds. */
import type { CgroupMemoryStat } from "../protocol/kernel-cgroup.ts";
import type { Mount } from "../protocol/kernel-mount.ts";
import type { NamespaceKeepers } from "../protocol/kernel-namespace.ts";
import type { NetDevice } from "../protocol/kernel-network.ts";
import type { Cgroup, KernelSnapshot, Namespace, Task } from "../protocol/kernel-snapshot.ts";

export const HOST = { pid: 1, mnt: 2, net: 3, uts: 4, ipc: 5, user: 6, cgroup: 7, time: 8 } as const;

export function sampleTask(pid: number, with_: Partial<Task> = {}): Task {
  return {
    pid,
    ppid: pid === 1 ? 0 : 1,
    pids: [pid],
    comm: pid === 1 ? "init" : `task-${pid}`,
    state: "S",
    kthread: false,
    startTimeNs: pid * 1e6,
    execId: 1,
    uid: 0,
    euid: 0,
    gid: 0,
    namespaces: HOST,
    pidForChildren: HOST.pid,
    cgroup: 1,
    threads: 1,
    utimeNs: 0,
    stimeNs: 0,
    rssBytes: 4096,
    seccomp: 0,
    noNewPrivs: false,
    capInh: "0000000000000000",
    capPrm: "000001ffffffffff",
    capEff: "000001ffffffffff",
    capBnd: "000001ffffffffff",
    capAmb: "0000000000000000",
    suid: 0,
    fsuid: 0,
    egid: 0,
    sgid: 0,
    fsgid: 0,
    groups: [],
    pgrp: pid,
    session: pid,
    tty: null,
    openFiles: 3,
    oomScoreAdj: 0,
    threadList: null,
    exe: "/usr/bin/sample",
    cwd: "/",
    root: "/",
    exitCode: null,
    oomVictim: false,
    ...with_,
  };
}

export function sampleCgroup(id: number, path: string, with_: Partial<Cgroup> = {}): Cgroup {
  return {
    id,
    parent: path === "/" ? null : 1,
    name: path.slice(path.lastIndexOf("/") + 1),
    path,
    procs: 0,
    frozen: false,
    cputime: { usage_usec: 0, user_usec: 0, system_usec: 0 },
    memory: null,
    cpu: null,
    pids: null,
    io: null,
    pressure: null,
    freeze: false,
    controllers: [],
    subtreeControl: [],
    devicePrograms: { attached: 0, effective: 0 },
    ...with_,
  };
}

const NO_EVENTS = { low: 0, high: 0, max: 0, oom: 0, oom_kill: 0, oom_group_kill: 0 };

const NO_STAT: CgroupMemoryStat = {
  anon: 0,
  file: 0,
  kernel: 0,
  kernel_stack: 0,
  pagetables: 0,
  sock: 0,
  shmem: 0,
  file_mapped: 0,
  file_dirty: 0,
  file_writeback: 0,
  inactive_anon: 0,
  active_anon: 0,
  inactive_file: 0,
  active_file: 0,
  unevictable: 0,
  slab_reclaimable: 0,
  slab_unreclaimable: 0,
  pgfault: 0,
  pgmajfault: 0,
};

export const sampleMemory = (with_: Partial<NonNullable<Cgroup["memory"]>> = {}): Cgroup["memory"] => ({
  current: 0,
  peak: 0,
  min: 0,
  low: 0,
  high: "max",
  max: "max",
  events: NO_EVENTS,
  eventsLocal: NO_EVENTS,
  oomGroup: false,
  stat: NO_STAT,
  ...with_,
});

export const sampleCpu = (with_: Partial<NonNullable<Cgroup["cpu"]>> = {}): Cgroup["cpu"] => ({
  usage_usec: 0,
  weight: 100,
  max: "max",
  period_usec: 100_000,
  nr_periods: 0,
  nr_throttled: 0,
  throttled_usec: 0,
  nr_bursts: 0,
  burst_usec: 0,
  max_burst_usec: 0,
  idle: false,
  ...with_,
});

export const NO_KEEPERS: NamespaceKeepers = {
  inhabited: false,
  threads: [],
  forChildren: [],
  mounts: [],
  fds: [],
  children: [],
  owned: [],
};

export function sampleNamespace(type: Namespace["type"], inode: number, with_: Partial<Namespace> = {}): Namespace {
  const shape = { parent: null, owner: 6, hostname: null, level: null, uidMap: null, gidMap: null, mounts: null };
  const rest = { domainname: null, timeOffsets: null, ipc: null, keepers: NO_KEEPERS };
  return { type, inode, ...shape, ...rest, ...with_ };
}

export function sampleMount(id: number, namespace: number, mountPoint: string, with_: Partial<Mount> = {}): Mount {
  return {
    ...{ id, parent: id, namespace, device: "0:20", root: "/", mountPoint, options: "rw,relatime" },
    ...{ shared: null, master: null, propagateFrom: null, unbindable: false },
    ...{ fstype: "tmpfs", source: "tmpfs", superOptions: "rw" },
    ...with_,
  };
}

export function sampleDevice(
  ifindex: number,
  namespace: number,
  name: string,
  with_: Partial<NetDevice> = {},
): NetDevice {
  return {
    ...{ namespace, ifindex, name, kind: "veth", flags: ["UP"], operstate: "UP", mac: null, mtu: 1500 },
    ...{ addresses: [], peer: null, master: null, vxlan: null },
    ...{ rxBytes: 0, rxPackets: 0, rxErrors: 0, rxDropped: 0, txBytes: 0, txPackets: 0, txErrors: 0, txDropped: 0 },
    ...with_,
  };
}

/** `at` is both sequence and guest time in seconds. */
export function sampleSnapshot(at: number, with_: Partial<KernelSnapshot> = {}): KernelSnapshot {
  return {
    sequence: at,
    guestTimeNs: at * 1e9,
    tasks: [sampleTask(1)],
    passed: [],
    namespaces: [sampleNamespace("uts", HOST.uts, { hostname: "host" })],
    cgroups: [sampleCgroup(1, "/")],
    mounts: [],
    overlays: [],
    netDevices: [],
    sockets: [],
    routes: [],
    nftChains: [],
    totalForks: 100,
    dropped: 0,
    ...with_,
  };
}
