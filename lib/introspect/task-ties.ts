/**
 * What ties a process to others and to the file system: process group and session (signal_struct.pids), controlling terminal,
 * and the paths of /proc/PID/exe, cwd and root. The parts are compared with those of before.
 */
import type { Task } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";
import type { PathReader } from "./paths.ts";

export type TaskTies = Pick<Task, "pgrp" | "session" | "tty" | "exe" | "cwd" | "root">;

const TTY_NAME_BYTES = 64;

export class TaskTiesReader {
  private readonly fields;
  private readonly paths: PathReader;
  private readonly ttys = new Map<number, string>();

  constructor(layout: KernelLayout, paths: PathReader) {
    this.paths = paths;
    this.fields = fieldsOf(layout, {
      pids: "signal_struct.pids",
      pgid: "PIDTYPE_PGID",
      sid: "PIDTYPE_SID",
      tty: "signal_struct.tty",
      ttyName: "tty_struct.name",
      numbers: "pid.numbers",
      upidNr: "upid.nr",
      fs: "task_struct.fs",
      exeFile: "mm_struct.exe_file",
      fileMnt: "file.f_path.mnt",
      fileDentry: "file.f_path.dentry",
      rootMnt: "fs_struct.root.mnt",
      rootDentry: "fs_struct.root.dentry",
      pwdMnt: "fs_struct.pwd.mnt",
      pwdDentry: "fs_struct.pwd.dentry",
    });
  }

  begin(): void {
    this.ttys.clear();
  }

  /** `mm` 0 is a task without user memory. */
  read(memory: GuestMemory, task: number, signal: number, mm: number, former: TaskTies | null): TaskTies {
    const { fields } = this;
    const path = (at: number, mnt: number, dentry: number): string | null =>
      at === 0 ? null : this.paths.path(memory, memory.pointer(at + mnt), memory.pointer(at + dentry));
    const fs = memory.pointer(task + fields.fs);
    const exeFile = mm === 0 ? 0 : memory.pointer(mm + fields.exeFile);
    const ties: TaskTies = {
      pgrp: this.numberOf(memory, signal, fields.pgid),
      session: this.numberOf(memory, signal, fields.sid),
      tty: this.ttyOf(memory, memory.pointer(signal + fields.tty)),
      exe: path(exeFile, fields.fileMnt, fields.fileDentry),
      cwd: path(fs, fields.pwdMnt, fields.pwdDentry),
      root: path(fs, fields.rootMnt, fields.rootDentry),
    };
    return former && sameTies(former, ties) ? former : ties;
  }

  /** The number in the initial PID namespace; kernel threads have 0. */
  private numberOf(memory: GuestMemory, signal: number, type: number): number | null {
    const struct = memory.pointer(signal + this.fields.pids + 4 * type);
    return struct === 0 ? null : memory.i32(struct + this.fields.numbers + this.fields.upidNr);
  }

  private ttyOf(memory: GuestMemory, tty: number): string | null {
    if (tty === 0) return null;
    let name = this.ttys.get(tty);
    if (name === undefined) {
      // devpts has them in a folder: pts0 is /dev/pts/0.
      name = memory.text(tty + this.fields.ttyName, TTY_NAME_BYTES).replace(/^pts(?=\d)/, "pts/");
      this.ttys.set(tty, name);
    }
    return name;
  }
}

export function sameTies(a: TaskTies, b: TaskTies): boolean {
  return (
    a.pgrp === b.pgrp &&
    a.session === b.session &&
    a.tty === b.tty &&
    a.exe === b.exe &&
    a.cwd === b.cwd &&
    a.root === b.root
  );
}
