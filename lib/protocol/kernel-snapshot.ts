/**
 * The picture of the guest's kernel that introspection takes between two slices of emulation.
 *
 * Names and units are the kernel's: cgroup keys are spelled as in the cgroup v2 files (`usage_usec`, `oom_kill`),
 * sizes are bytes, "max" is the kernel's word for no limit. What the kernel does not have is null, never 0.
 * Plain JSON throughout, so a snapshot can cross postMessage, be stored and be printed.
 */

export const NAMESPACE_TYPES = ["pid", "mnt", "net", "uts", "ipc", "user", "cgroup", "time"] as const;
export type NamespaceType = (typeof NAMESPACE_TYPES)[number];

/** Task states as /proc/PID/stat prints them (proc(5)). */
export type TaskState = "R" | "S" | "D" | "T" | "t" | "X" | "Z" | "P" | "I";

/** One process (thread group), read from its leader's task_struct. */
export interface Task {
  /** PID in the initial PID namespace. */
  readonly pid: number;
  /** PID of the parent in the initial namespace; 0 for the first processes. */
  readonly ppid: number;
  /** Every PID that the process has, outermost namespace first: pids[0] === pid. */
  readonly pids: readonly number[];
  readonly comm: string;
  readonly state: TaskState;
  /** A kernel thread: has no user memory. */
  readonly kthread: boolean;
  /** CLOCK_BOOTTIME when it was forked, in ns; with pid it identifies a process over time. */
  readonly startTimeNs: number;
  /** Changes with every execve(2) (task_struct.self_exec_id). */
  readonly execId: number;
  readonly uid: number;
  readonly euid: number;
  readonly gid: number;
  /** Inode of each namespace; null where an exiting task has already let go of it. */
  readonly namespaces: Readonly<Record<NamespaceType, number | null>>;
  /** The PID namespace that its children will be born into (differs after unshare --pid without --fork). */
  readonly pidForChildren: number | null;
  /** Cgroup id (the inode number of its directory in cgroup2). */
  readonly cgroup: number;
  readonly threads: number;
  readonly utimeNs: number;
  readonly stimeNs: number;
  /** Resident set in bytes; null without user memory (kernel threads, zombies). */
  readonly rssBytes: number | null;
  /** 0 disabled, 1 strict, 2 filter, as in /proc/PID/status. */
  readonly seccomp: 0 | 1 | 2;
  readonly noNewPrivs: boolean;
  /** 16 hex digits as in /proc/PID/status CapEff. */
  readonly capEff: string;
  /** Wait status of a zombie (wait(2)), else null. */
  readonly exitCode: number | null;
  /** The OOM killer chose it (signal_struct.oom_mm); stays true on its zombie. */
  readonly oomVictim: boolean;
}

export interface IdMapExtent {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

export interface Namespace {
  readonly type: NamespaceType;
  /** The inode number in /proc/PID/ns/TYPE. */
  readonly inode: number;
  /** Parent namespace (pid and user only), else null. */
  readonly parent: number | null;
  /** Owning user namespace; null for the initial user namespace itself. */
  readonly owner: number | null;
  /** utsname.nodename; null for the other types. */
  readonly hostname: string | null;
  /** Nesting depth, 0 for the initial namespace (pid and user only). */
  readonly level: number | null;
  /** User namespaces only. */
  readonly uidMap: readonly IdMapExtent[] | null;
  readonly gidMap: readonly IdMapExtent[] | null;
  /** Number of mounts (mnt) or null. */
  readonly mounts: number | null;
}

export type Limit = number | "max";

export interface CgroupMemory {
  readonly current: number;
  readonly peak: number;
  readonly min: Limit;
  readonly low: Limit;
  readonly high: Limit;
  readonly max: Limit;
  readonly events: {
    readonly low: number;
    readonly high: number;
    readonly max: number;
    readonly oom: number;
    readonly oom_kill: number;
  };
}

/** The part of cpu.stat that every group has, the root and groups without the cpu controller included. */
export interface CgroupCputime {
  readonly usage_usec: number;
  readonly user_usec: number;
  readonly system_usec: number;
}

export interface CgroupCpu {
  readonly usage_usec: number;
  readonly weight: number;
  /** cpu.max: quota in microseconds a period, or "max". */
  readonly max: Limit;
  readonly period_usec: number;
  readonly nr_periods: number;
  readonly nr_throttled: number;
  readonly throttled_usec: number;
}

export interface CgroupPids {
  readonly current: number;
  readonly max: Limit;
  /** pids.events: forks refused. */
  readonly events_max: number;
}

export interface Cgroup {
  /** Inode number of the directory; the root's is 1. */
  readonly id: number;
  readonly parent: number | null;
  readonly name: string;
  /** Path from the cgroup2 root, "/" for the root itself. */
  readonly path: string;
  /** Processes in the group itself. */
  readonly procs: number;
  /** Own freeze state as in cgroup.events `frozen`. */
  readonly frozen: boolean;
  readonly cputime: CgroupCputime;
  /** Each null where the controller is not enabled for the group. The root has no memory, cpu.max or pids figures. */
  readonly memory: CgroupMemory | null;
  readonly cpu: CgroupCpu | null;
  readonly pids: CgroupPids | null;
}

export interface KernelSnapshot {
  /** Counts the snapshots of one machine since it started. */
  readonly sequence: number;
  /** CLOCK_BOOTTIME of the guest in ns. */
  readonly guestTimeNs: number;
  readonly tasks: readonly Task[];
  readonly namespaces: readonly Namespace[];
  /** Preorder: a parent stands before its children, the root first. */
  readonly cgroups: readonly Cgroup[];
  /** Processes and threads created since boot: `processes` in /proc/stat. Tells of those too short-lived to be seen. */
  readonly totalForks: number;
  /** Entries left out because a pointer or value in them was not credible. */
  readonly dropped: number;
}
