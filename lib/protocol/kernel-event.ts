/** What changed between two kernel snapshots, one entry a fact, in the words of the man pages. */
import type { Limit, NamespaceType } from "./kernel-snapshot.ts";

interface EventBase {
  /** Guest CLOCK_BOOTTIME of the snapshot that showed it, ns. */
  readonly atNs: number;
  /** Sequence of that snapshot. */
  readonly sequence: number;
}

interface ProcessEvent extends EventBase {
  readonly pid: number;
  readonly pids: readonly number[];
  readonly comm: string;
  readonly cgroup: number;
}

export type KernelEvent =
  | (ProcessEvent & { readonly kind: "fork"; readonly ppid: number })
  | (ProcessEvent & { readonly kind: "exec"; readonly from: string })
  | (ProcessEvent & { readonly kind: "exit"; readonly oomKilled: boolean })
  /** The process is now in another namespace of that type: unshare(2), setns(2). */
  | (ProcessEvent & { readonly kind: "namespace-enter"; readonly type: NamespaceType; readonly inode: number })
  | (ProcessEvent & { readonly kind: "cgroup-move"; readonly fromPath: string; readonly toPath: string })
  | (EventBase & { readonly kind: "namespace-new"; readonly type: NamespaceType; readonly inode: number })
  | (EventBase & { readonly kind: "namespace-gone"; readonly type: NamespaceType; readonly inode: number })
  | (EventBase & { readonly kind: "hostname"; readonly inode: number; readonly from: string; readonly to: string })
  | (EventBase & { readonly kind: "cgroup-new"; readonly id: number; readonly path: string })
  | (EventBase & { readonly kind: "cgroup-gone"; readonly id: number; readonly path: string })
  | (EventBase & {
      readonly kind: "limit";
      readonly id: number;
      readonly path: string;
      /** The cgroup file: memory.max, cpu.max, pids.max, ... */
      readonly file: string;
      readonly from: Limit;
      readonly to: Limit;
    })
  /** `count` processes or threads came and went between two snapshots without being seen. */
  | (EventBase & { readonly kind: "missed"; readonly count: number })
  /** memory.events: usage was about to pass memory.max `count` more times. */
  | (EventBase & { readonly kind: "memory-max"; readonly id: number; readonly path: string; readonly count: number })
  | (EventBase & { readonly kind: "oom-kill"; readonly id: number; readonly path: string; readonly count: number })
  | (EventBase & { readonly kind: "pids-max"; readonly id: number; readonly path: string; readonly count: number })
  | (EventBase & {
      readonly kind: "throttled";
      readonly id: number;
      readonly path: string;
      readonly periods: number;
      readonly usec: number;
    })
  | (EventBase & { readonly kind: "frozen"; readonly id: number; readonly path: string; readonly frozen: boolean });
