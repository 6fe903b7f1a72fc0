/**
 * IPC objects of an IPC namespace (include/linux/ipc_namespace.h): message queues, semaphore sets and shared memory by their idr,
 * as /proc/sysvipc lists them, and POSIX queues by the files in the namespace's mqueue file system. Structures: ipc/ *.c,
 * mirrored in layout-ipc.c.
 */
import type { IpcObjects } from "../protocol/kernel-namespace.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import type { DentryReader } from "./dentries.ts";
import { fieldsOf } from "./fields.ts";
import { type GuestMemory, walkList } from "./guest-memory.ts";
import { XarrayReader } from "./xarray.ts";

/** Of each kind in each namespace. */
const MAX_OBJECTS = 1_024;
const PERMISSIONS = 0o777;

const NONE: IpcObjects = { messageQueues: [], semaphores: [], sharedMemory: [], posixQueues: [] };

export class IpcReader {
  private readonly fields;
  private readonly xarray: XarrayReader;
  private readonly dentries: DentryReader;

  constructor(layout: KernelLayout, dentries: DentryReader) {
    this.xarray = new XarrayReader(layout);
    this.dentries = dentries;
    this.fields = fieldsOf(layout, {
      ids: "ipc_namespace.ids",
      idsSize: "sizeof(ipc_ids)",
      inUse: "ipc_ids.in_use",
      head: "ipc_ids.ipcs_idr.idr_rt.xa_head",
      id: "kern_ipc_perm.id",
      key: "kern_ipc_perm.key",
      uid: "kern_ipc_perm.uid",
      gid: "kern_ipc_perm.gid",
      cuid: "kern_ipc_perm.cuid",
      cgid: "kern_ipc_perm.cgid",
      mode: "kern_ipc_perm.mode",
      cbytes: "msg_queue.q_cbytes",
      qnum: "msg_queue.q_qnum",
      qbytes: "msg_queue.q_qbytes",
      nsems: "sem_array.sem_nsems",
      nattch: "shmid_kernel.shm_nattch",
      segsz: "shmid_kernel.shm_segsz",
      mqMnt: "ipc_namespace.mq_mnt",
      mntRoot: "vfsmount.mnt_root",
      subdirs: "dentry.d_subdirs",
      child: "dentry.d_child",
      inode: "dentry.d_inode",
      vfsInode: "mqueue_inode_info.vfs_inode",
      attr: "mqueue_inode_info.attr",
      maxmsg: "mq_attr.mq_maxmsg",
      msgsize: "mq_attr.mq_msgsize",
      curmsgs: "mq_attr.mq_curmsgs",
    });
  }

  /** Null where a list is broken. */
  read(memory: GuestMemory, namespace: number): IpcObjects | null {
    const { fields } = this;
    // The order of ids is that of IPC_SEM_IDS, IPC_MSG_IDS, IPC_SHM_IDS (ipc/util.h).
    const semaphores = this.objects(memory, namespace, 0, (at) => ({ nsems: memory.i32(at + fields.nsems) }));
    const messageQueues = this.objects(memory, namespace, 1, (at) => ({
      qnum: memory.u32(at + fields.qnum),
      cbytes: memory.u32(at + fields.cbytes),
      qbytes: memory.u32(at + fields.qbytes),
    }));
    const sharedMemory = this.objects(memory, namespace, 2, (at) => ({
      size: memory.u32(at + fields.segsz),
      nattch: memory.u32(at + fields.nattch),
    }));
    const posixQueues = this.posixQueues(memory, namespace);
    if (!semaphores || !messageQueues || !sharedMemory || !posixQueues) return null;
    const some = semaphores.length + messageQueues.length + sharedMemory.length + posixQueues.length > 0;
    return some ? { messageQueues, semaphores, sharedMemory, posixQueues } : NONE;
  }

  private objects<More extends object>(
    memory: GuestMemory,
    namespace: number,
    kind: number,
    more: (at: number) => More,
  ) {
    const { fields } = this;
    const ids = namespace + fields.ids + kind * fields.idsSize;
    const found: (ReturnType<typeof this.permissions> & More)[] = [];
    if (memory.i32(ids + fields.inUse) === 0) return found;
    const whole = this.xarray.walk(memory, ids + fields.head, MAX_OBJECTS, (at) => {
      found.push({ ...this.permissions(memory, at), ...more(at) });
    });
    return whole ? found : null;
  }

  private permissions(memory: GuestMemory, at: number) {
    const { fields } = this;
    return {
      key: memory.u32(at + fields.key),
      id: memory.i32(at + fields.id),
      uid: memory.u32(at + fields.uid),
      gid: memory.u32(at + fields.gid),
      cuid: memory.u32(at + fields.cuid),
      cgid: memory.u32(at + fields.cgid),
      mode: memory.u16(at + fields.mode) & PERMISSIONS,
    };
  }

  private posixQueues(memory: GuestMemory, namespace: number): IpcObjects["posixQueues"][number][] | null {
    const { fields } = this;
    const found: IpcObjects["posixQueues"][number][] = [];
    const vfsmount = memory.pointer(namespace + fields.mqMnt);
    const root = vfsmount === 0 ? 0 : memory.pointer(vfsmount + fields.mntRoot);
    if (root === 0) return found;
    const whole = walkList(memory, root + fields.subdirs, MAX_OBJECTS, (node) => {
      const dentry = node - fields.child;
      const inode = memory.pointer(dentry + fields.inode);
      if (inode === 0) return true;
      const attr = inode - fields.vfsInode + fields.attr;
      found.push({
        name: this.dentries.name(memory, dentry),
        maxmsg: memory.i32(attr + fields.maxmsg),
        msgsize: memory.i32(attr + fields.msgsize),
        curmsgs: memory.i32(attr + fields.curmsgs),
      });
      return true;
    });
    return whole ? found.reverse() : null;
  }
}
