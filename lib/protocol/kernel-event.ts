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

interface MountEvent extends EventBase {
  /** Inode of the mount namespace. */
  readonly namespace: number;
  readonly mountPoint: string;
  readonly fstype: string;
  readonly source: string;
}

interface LayerEvent extends EventBase {
  /** Overlay.device */
  readonly device: string;
  readonly path: string;
}

interface DeviceEvent extends EventBase {
  /** Inode of the network namespace. */
  readonly namespace: number;
  readonly ifindex: number;
  readonly name: string;
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
  | (EventBase & { readonly kind: "frozen"; readonly id: number; readonly path: string; readonly frozen: boolean })
  | (EventBase & { readonly kind: "domainname"; readonly inode: number; readonly from: string; readonly to: string })
  /** A namespace without processes is held by a bind mount or an open file from now on, or is held by neither any more. */
  | (EventBase & {
      readonly kind: "namespace-kept";
      readonly type: NamespaceType;
      readonly inode: number;
      readonly by: "mount" | "fd";
      /** The mount point, or /proc/PID/fd/N. */
      readonly where: string;
      readonly kept: boolean;
    })
  | (EventBase & {
      readonly kind: "id-map";
      readonly inode: number;
      readonly file: "uid_map" | "gid_map";
      readonly map: string;
    })
  | (MountEvent & { readonly kind: "mount" })
  | (MountEvent & { readonly kind: "umount" })
  | (MountEvent & { readonly kind: "mount-move"; readonly from: string })
  /** Options, read-only or propagation: mount(2) with MS_REMOUNT or MS_SHARED and its like. */
  | (MountEvent & { readonly kind: "mount-change"; readonly from: string; readonly to: string })
  | (LayerEvent & { readonly kind: "copy-up"; readonly sizeBytes: number })
  | (LayerEvent & { readonly kind: "layer-new"; readonly sizeBytes: number })
  | (LayerEvent & { readonly kind: "whiteout" })
  | (LayerEvent & { readonly kind: "layer-gone" })
  | (DeviceEvent & { readonly kind: "device-new" })
  | (DeviceEvent & { readonly kind: "device-gone" })
  | (DeviceEvent & { readonly kind: "device-move"; readonly fromNamespace: number })
  | (DeviceEvent & { readonly kind: "device-rename"; readonly from: string })
  | (DeviceEvent & { readonly kind: "device-up"; readonly up: boolean })
  /** It became a port of a bridge, or ceased to be one (null). */
  | (DeviceEvent & { readonly kind: "device-master"; readonly master: string | null })
  | (DeviceEvent & { readonly kind: "address"; readonly address: string; readonly added: boolean })
  | (EventBase & {
      readonly kind: "listen";
      readonly namespace: number;
      readonly protocol: "tcp" | "udp" | "unix";
      /** address:port, or the path. */
      readonly where: string;
      readonly listening: boolean;
    })
  | (EventBase & {
      readonly kind: "ipc";
      readonly inode: number;
      readonly object: "queue" | "semaphore" | "shared memory" | "POSIX queue";
      /** Its id, or a POSIX queue's name. */
      readonly id: string;
      readonly made: boolean;
    })
  /** BPF device programs were attached or detached. */
  | (EventBase & {
      readonly kind: "device-programs";
      readonly id: number;
      readonly path: string;
      readonly attached: number;
    });
