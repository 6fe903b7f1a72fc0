/** Small, whole snapshots for tests: a host with init, and whatever a test adds. */
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
    capEff: "000001ffffffffff",
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
    ...with_,
  };
}

export const sampleMemory = (with_: Partial<NonNullable<Cgroup["memory"]>> = {}): Cgroup["memory"] => ({
  current: 0,
  peak: 0,
  min: 0,
  low: 0,
  high: "max",
  max: "max",
  events: { low: 0, high: 0, max: 0, oom: 0, oom_kill: 0 },
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
  ...with_,
});

export function sampleNamespace(type: Namespace["type"], inode: number, with_: Partial<Namespace> = {}): Namespace {
  const shape = { parent: null, owner: 6, hostname: null, level: null, uidMap: null, gidMap: null, mounts: null };
  return { type, inode, ...shape, ...with_ };
}

/** `at` is both sequence and guest time in seconds. */
export function sampleSnapshot(at: number, with_: Partial<KernelSnapshot> = {}): KernelSnapshot {
  return {
    sequence: at,
    guestTimeNs: at * 1e9,
    tasks: [sampleTask(1)],
    namespaces: [sampleNamespace("uts", HOST.uts, { hostname: "host" })],
    cgroups: [sampleCgroup(1, "/")],
    totalForks: 100,
    dropped: 0,
    ...with_,
  };
}
