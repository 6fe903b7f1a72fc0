/**
 * The files of a task (struct files_struct, include/linux/fdtable.h): how many are open, and what each
 * descriptor leads to.
 */
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";

/** Descriptors looked at: the usual RLIMIT_NOFILE. */
const MAX_FDS = 1_024;

export class TaskFilesReader {
  private readonly fields;

  constructor(layout: KernelLayout) {
    this.fields = fieldsOf(layout, {
      fdt: "files_struct.fdt",
      maxFds: "fdtable.max_fds",
      fd: "fdtable.fd",
      openFds: "fdtable.open_fds",
      inode: "file.f_inode",
      sb: "inode.i_sb",
    });
  }

  /**
   * How many are open; null where `files` is none (a task that exits). A descriptor that open(2) has reserved and not filled yet,
   * as of a FIFO without a writer, does not count: /proc/PID/fd does not show it. `into` gets three numbers a descriptor: its
   * own, and the offsets of its file's inode and super block.
   */
  read(memory: GuestMemory, files: number, into: number[]): number | null {
    const { fields } = this;
    into.length = 0;
    const table = files === 0 ? 0 : memory.pointer(files + fields.fdt);
    if (table === 0) return null;
    const bits = memory.pointer(table + fields.openFds);
    const array = memory.pointer(table + fields.fd);
    if (bits === 0 || array === 0) return null;
    const words = Math.min(memory.u32(table + fields.maxFds), MAX_FDS) >> 5;
    let count = 0;
    for (let index = 0; index < words; index++)
      for (let left = memory.i32(bits + 4 * index); left !== 0; left &= left - 1) {
        const fd = 32 * index + 31 - Math.clz32(left & -left);
        if (memory.i32(array + 4 * fd) === 0) continue;
        count++;
        const file = memory.pointer(array + 4 * fd);
        const inode = file === 0 ? 0 : memory.pointer(file + fields.inode);
        if (inode !== 0) into.push(fd, inode, memory.pointer(inode + fields.sb));
      }
    return count;
  }
}
