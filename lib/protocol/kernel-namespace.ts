/** What hangs on a namespace: what keeps it alive, and the IPC objects in it. */

/**
 * What keeps a namespace alive. One that no process is in lives on by a bind mount of its /proc/PID/ns file, by such a
 * file being open, or by what belongs to it (namespaces(7), "Namespace lifetime"). Lists are bounded to 64 entries.
 */
export interface NamespaceKeepers {
  /** Whether leaders of processes are in it; which ones: Task.namespaces. */
  readonly inhabited: boolean;
  /** Threads in it whose process's leader is in another one. */
  readonly threads: readonly { readonly pid: number; readonly tid: number }[];
  /** Processes whose children will be born into it while they themselves are elsewhere (pid and time). */
  readonly forChildren: readonly number[];
  /** Bind mounts: the mount point as it is in the mount namespace with that inode. */
  readonly mounts: readonly { readonly namespace: number; readonly mountPoint: string }[];
  readonly fds: readonly { readonly pid: number; readonly fd: number }[];
  /** Inodes of child namespaces (pid and user). */
  readonly children: readonly number[];
  /** Inodes of the namespaces that a user namespace owns, its children not among them. */
  readonly owned: readonly number[];
}

interface IpcObject {
  /** 0 is IPC_PRIVATE. */
  readonly key: number;
  readonly id: number;
  readonly uid: number;
  readonly gid: number;
  readonly cuid: number;
  readonly cgid: number;
  /** Permission bits, e.g. 0o600. */
  readonly mode: number;
}

/** System V IPC (sysvipc(7)), as /proc/sysvipc prints it, and POSIX queues (mq_overview(7)). */
export interface IpcObjects {
  readonly messageQueues: readonly (IpcObject & {
    readonly qnum: number;
    readonly cbytes: number;
    readonly qbytes: number;
  })[];
  readonly semaphores: readonly (IpcObject & { readonly nsems: number })[];
  readonly sharedMemory: readonly (IpcObject & {
    readonly size: number;
    readonly nattch: number;
  })[];
  readonly posixQueues: readonly {
    readonly name: string;
    readonly maxmsg: number;
    readonly msgsize: number;
    readonly curmsgs: number;
  }[];
}
