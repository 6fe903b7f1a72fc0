/**
 * One walk over the open files of all tasks, for what only they show: descriptors of namespace files (nsfs), which keep a
 * namespace alive, and sockets (sockfs). Neither file system keeps a list of its inodes (new_inode_pseudo).
 *
 * Order: after the tasks have been read.
 */
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf, symbolOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";
import type { TaskReader } from "./tasks.ts";

const MAX_HOLDERS = 64;
const MAX_FILES = 65_536;

export interface Holder {
  readonly pid: number;
  readonly fd: number;
}

export class OpenFilesReader {
  /** By the offset of the inode. */
  readonly namespaceFiles = new Map<number, Holder[]>();
  readonly sockets = new Map<number, Holder[]>();
  private readonly fields;
  private readonly nsfsMount: number;
  private readonly sockMount: number;

  constructor(layout: KernelLayout, memory: GuestMemory) {
    this.fields = fieldsOf(layout, { mntSb: "vfsmount.mnt_sb" });
    this.nsfsMount = memory.offsetOf(symbolOf(layout, "nsfs_mnt"));
    this.sockMount = memory.offsetOf(symbolOf(layout, "sock_mnt"));
  }

  read(memory: GuestMemory, tasks: TaskReader): void {
    const { namespaceFiles, sockets } = this;
    namespaceFiles.clear();
    sockets.clear();
    const nsfs = this.superBlock(memory, this.nsfsMount);
    const sockfs = this.superBlock(memory, this.sockMount);
    let left = MAX_FILES;
    tasks.forEachFile((pid, fd, inode, superBlock) => {
      const found = superBlock === sockfs ? sockets : superBlock === nsfs ? namespaceFiles : null;
      if (!found || superBlock === 0 || left-- <= 0) return;
      const holders = found.get(inode);
      if (!holders) found.set(inode, [{ pid, fd }]);
      else if (holders.length < MAX_HOLDERS) holders.push({ pid, fd });
    });
  }

  private superBlock(memory: GuestMemory, mount: number): number {
    const vfsmount = memory.pointer(mount);
    return vfsmount === 0 ? 0 : memory.pointer(vfsmount + this.fields.mntSb);
  }
}
