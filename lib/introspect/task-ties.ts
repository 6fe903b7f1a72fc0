/**
 * What ties a process to others and to the file system: process group and session (signal_struct.pids), controlling terminal,
 * and the paths of /proc/PID/exe, cwd and root. `places` reads where the last four are, `lookUp` what is there now.
 */
import type { Task } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";
import type { KnownPaths } from "./known-paths.ts";
import type { TaskEntry } from "./task-entry.ts";

export type TaskTies = Pick<Task, "tty" | "exe" | "cwd" | "root">;

const TTY_NAME_BYTES = 64;

export class TaskTiesReader {
  private readonly fields;
  private readonly paths: KnownPaths;
  private readonly ttys = new Map<number, string>();
  private readonly scratch: { -readonly [Key in keyof TaskTies]: TaskTies[Key] } = {
    tty: null,
    exe: null,
    cwd: null,
    root: null,
  };

  constructor(layout: KernelLayout, paths: KnownPaths) {
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

  /** The numbers in the initial PID namespace; kernel threads have 0. */
  pgrp(memory: GuestMemory, signal: number): number | null {
    return this.numberOf(memory, signal, this.fields.pgid);
  }

  session(memory: GuestMemory, signal: number): number | null {
    return this.numberOf(memory, signal, this.fields.sid);
  }

  /** `mm` 0 is a task without user memory. */
  places(memory: GuestMemory, task: number, signal: number, mm: number, into: TaskEntry): void {
    const { fields } = this;
    const fs = memory.pointer(task + fields.fs);
    const exeFile = mm === 0 ? 0 : memory.pointer(mm + fields.exeFile);
    into.tty = memory.pointer(signal + fields.tty);
    into.exeMnt = exeFile === 0 ? 0 : memory.pointer(exeFile + fields.fileMnt);
    into.exeDentry = exeFile === 0 ? 0 : memory.pointer(exeFile + fields.fileDentry);
    into.cwdMnt = fs === 0 ? 0 : memory.pointer(fs + fields.pwdMnt);
    into.cwdDentry = fs === 0 ? 0 : memory.pointer(fs + fields.pwdDentry);
    into.rootMnt = fs === 0 ? 0 : memory.pointer(fs + fields.rootMnt);
    into.rootDentry = fs === 0 ? 0 : memory.pointer(fs + fields.rootDentry);
  }

  /** The same record each time. */
  lookUp(memory: GuestMemory, at: TaskEntry): TaskTies {
    const { paths, scratch } = this;
    scratch.tty = this.ttyOf(memory, at.tty);
    scratch.exe = paths.path(memory, at.exeMnt, at.exeDentry);
    scratch.cwd = paths.path(memory, at.cwdMnt, at.cwdDentry);
    scratch.root = paths.path(memory, at.rootMnt, at.rootDentry);
    return scratch;
  }

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
  return a.tty === b.tty && a.exe === b.exe && a.cwd === b.cwd && a.root === b.root;
}
