/**
 * The picture of the guest's kernel that introspection takes between two slices of emulation.
 *
 * Names and units are the kernel's: cgroup keys are spelled as in the cgroup v2 files (`usage_usec`, `oom_kill`),
 * sizes are bytes, "max" is the kernel's word for no limit. What the kernel does not have is null, never 0.
 * Plain JSON throughout, so a snapshot can cross postMessage, be stored and be printed.
 */
import type { Cgroup } from "./kernel-cgroup.ts";
import type { Mount, Overlay } from "./kernel-mount.ts";
import type { IpcObjects, NamespaceKeepers } from "./kernel-namespace.ts";
import type { ListeningSocket, NetDevice, NftChain, Route } from "./kernel-network.ts";

export type { Cgroup, CgroupCpu, CgroupCputime, CgroupMemory, CgroupPids, Limit } from "./kernel-cgroup.ts";

export const NAMESPACE_TYPES = ["pid", "mnt", "net", "uts", "ipc", "user", "cgroup", "time"] as const;
export type NamespaceType = (typeof NAMESPACE_TYPES)[number];

/** Task states as /proc/PID/stat prints them (proc(5)). */
export type TaskState = "R" | "S" | "D" | "T" | "t" | "X" | "Z" | "P" | "I";

/** A thread as /proc/PID/task/TID shows it. */
export interface Thread {
  readonly tid: number;
  readonly comm: string;
  readonly state: TaskState;
}

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
  /** The five capability sets, 16 hex digits each as in /proc/PID/status (capabilities(7)). */
  readonly capInh: string;
  readonly capPrm: string;
  readonly capEff: string;
  readonly capBnd: string;
  readonly capAmb: string;
  readonly suid: number;
  readonly fsuid: number;
  readonly egid: number;
  readonly sgid: number;
  readonly fsgid: number;
  /** Supplementary groups, ascending; at most 32 of them. */
  readonly groups: readonly number[];
  /** Process group and session, as PIDs of the initial namespace; 0 for kernel threads. Null once an exiting task let go of them. */
  readonly pgrp: number | null;
  readonly session: number | null;
  /** The controlling terminal as ps(1) names it ("hvc0", "pts/1"); null without one. */
  readonly tty: string | null;
  /** Open file descriptors (/proc/PID/fd); null where the task has no files any more. */
  readonly openFiles: number | null;
  readonly oomScoreAdj: number;
  /** Every thread, the leader first, at most 64; null where the leader is the only one. */
  readonly threadList: readonly Thread[] | null;
  /** /proc/PID/exe, cwd and root, as paths from the root of the task's mount namespace; null where there is none. */
  readonly exe: string | null;
  readonly cwd: string | null;
  readonly root: string | null;
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
  /** utsname.domainname; null for the other types. */
  readonly domainname: string | null;
  /** /proc/PID/timens_offsets in ns; null for the other types. */
  readonly timeOffsets: { readonly monotonicNs: number; readonly boottimeNs: number } | null;
  /** ipc only. */
  readonly ipc: IpcObjects | null;
  readonly keepers: NamespaceKeepers;
}

/** What is kept of a process that no snapshot holds. */
export type BriefTask = Pick<
  Task,
  ("pid" | "ppid" | "pids" | "comm" | "startTimeNs" | "execId" | "namespaces" | "cgroup" | "threads") | "oomVictim"
>;

export interface KernelSnapshot {
  /** Counts the snapshots of one machine since it started. */
  readonly sequence: number;
  /** CLOCK_BOOTTIME of the guest in ns. */
  readonly guestTimeNs: number;
  readonly tasks: readonly Task[];
  /** Processes that ended since the last snapshot and had begun, or had become another program, after it: as they were seen last. */
  readonly passed: readonly BriefTask[];
  readonly namespaces: readonly Namespace[];
  /** Preorder: a parent stands before its children, the root first. */
  readonly cgroups: readonly Cgroup[];
  /** By mount namespace in the order of `namespaces`, within one in the order of mountinfo. */
  readonly mounts: readonly Mount[];
  readonly overlays: readonly Overlay[];
  /** By network namespace, within one by ifindex. */
  readonly netDevices: readonly NetDevice[];
  readonly sockets: readonly ListeningSocket[];
  readonly routes: readonly Route[];
  readonly nftChains: readonly NftChain[];
  /** Processes and threads created since boot: `processes` in /proc/stat. Tells of those too short-lived to be seen. */
  readonly totalForks: number;
  /** Entries left out because a pointer or value in them was not credible. */
  readonly dropped: number;
}
