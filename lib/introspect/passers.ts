/**
 * Processes that live shorter than the time between two snapshots. The kernel appends a new process to the list of tasks, so
 * each probe that sees the count of forks move looks at the end of the list and notes who is new; who has become another
 * program meanwhile is noted again. What was noted and is gone by the next snapshot is told with it.
 *
 * The list is walked backwards here: list_add_tail_rcu writes a new task's own links before it links it in, so whatever is
 * reached is whole.
 */
import type { BriefTask, Task } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import type { BriefTaskReader } from "./brief-tasks.ts";
import { symbolOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";
import type { TaskReader } from "./tasks.ts";

/** New tasks looked at in one probe; more come and go only in a fork storm. */
const MAX_NEW = 32;
/** Noted between two snapshots. */
const MAX_NOTED = 512;
/** Of those noted, in one probe. */
const MAX_LOOKED_AT = 32;
/** Offset of `prev` in struct list_head. */
const PREV = 4;

export class PasserReader {
  private readonly tasks: TaskReader;
  private readonly brief: BriefTaskReader;
  private readonly head: number;
  private readonly totalForks: number;
  private readonly currentTask: number;
  /** By the place of their task_struct; `name` tells whether the task has taken another one since. */
  private readonly noted = new Map<number, { readonly task: BriefTask; readonly name: number }>();
  /** The places of those noted that have not exited: who has takes no other name any more. */
  private readonly living = new Set<number>();
  /** Those whose places others have taken. */
  private former: BriefTask[] = [];
  private forks = -1;

  constructor(layout: KernelLayout, memory: GuestMemory, tasks: TaskReader, brief: BriefTaskReader) {
    this.tasks = tasks;
    this.brief = brief;
    this.head = memory.offsetOf(symbolOf(layout, "init_task")) + tasks.fields.tasks;
    this.totalForks = memory.offsetOf(symbolOf(layout, "total_forks"));
    this.currentTask = memory.offsetOf(symbolOf(layout, "current_task"));
  }

  /** Within each probe. */
  note(memory: GuestMemory): void {
    const forks = memory.i32(this.totalForks);
    // A task that cannot be read in the middle of its fork is looked at again by the next probe.
    if (forks !== this.forks && this.noteNew(memory)) this.forks = forks;
    const current = memory.pointer(this.currentTask);
    if (current !== 0) this.noteChanged(memory, current);
    if (this.living.size > 0) this.noteRenamed(memory);
  }

  /** Those noted since the last call that `alive` does not have in the same state of their lives. */
  take(alive: readonly Task[], memory: GuestMemory): readonly BriefTask[] {
    this.forks = memory.i32(this.totalForks);
    if (this.noted.size === 0) return NOBODY;
    const found = new Map<number, BriefTask>();
    for (const task of this.former) found.set(task.pid, task);
    for (const { task } of this.noted.values()) found.set(task.pid, task);
    for (const { pid, startTimeNs } of alive) if (found.get(pid)?.startTimeNs === startTimeNs) found.delete(pid);
    this.noted.clear();
    this.living.clear();
    this.former = [];
    return [...found.values()];
  }

  /** Whether all that are new could be read. */
  private noteNew(memory: GuestMemory): boolean {
    const { fields } = this.tasks;
    let whole = true;
    let node = memory.pointer(this.head + PREV);
    for (let count = 0; node !== 0 && node !== this.head && count < MAX_NEW; count++) {
      const at = node - fields.tasks;
      const pid = memory.i32(at + fields.pid);
      if (this.isKnown(memory, at, pid)) break;
      whole = this.put(memory, at) && whole;
      node = memory.pointer(node + PREV);
    }
    return whole;
  }

  /** The running task, known from a snapshot, has become another program: execve(2). */
  private noteChanged(memory: GuestMemory, at: number): void {
    const { fields } = this.tasks;
    const pid = memory.i32(at + fields.pid);
    if (pid <= 0 || memory.i32(at + fields.tgid) !== pid || this.noted.has(at)) return;
    const before = this.tasks.entryAt(at)?.task;
    if (before?.pid === pid && before.execId !== memory.u32(at + fields.selfExecId)) this.put(memory, at);
  }

  /** Those noted may have got another program or name since. */
  private noteRenamed(memory: GuestMemory): void {
    const { fields } = this.tasks;
    let left = MAX_LOOKED_AT;
    for (const at of this.living) {
      if (--left < 0) return;
      const noted = this.noted.get(at);
      const isThere = noted !== undefined && memory.i32(at + fields.pid) === noted.task.pid;
      if (isThere && nameWords(memory, at + fields.comm) !== noted.name) this.put(memory, at);
      if (!isThere || memory.i32(at + fields.exitState) !== 0) this.living.delete(at);
    }
  }

  private isKnown(memory: GuestMemory, at: number, pid: number): boolean {
    const startTimeNs = memory.u64(at + this.tasks.fields.startBoottime);
    const noted = this.noted.get(at)?.task;
    if (noted?.pid === pid && noted.startTimeNs === startTimeNs) return true;
    const entry = this.tasks.entryAt(at);
    return entry?.task?.pid === pid && entry.task.startTimeNs === startTimeNs;
  }

  /** False where there is no task that makes sense. */
  private put(memory: GuestMemory, at: number): boolean {
    if (this.noted.size + this.former.length >= MAX_NOTED) return true;
    const task = this.brief.read(memory, at);
    if (!task) return false;
    const former = this.noted.get(at)?.task;
    if (former && former.pid !== task.pid) this.former.push(former);
    this.noted.set(at, { task, name: nameWords(memory, at + this.tasks.fields.comm) });
    this.living.add(at);
    return true;
  }
}

const NOBODY: readonly BriefTask[] = [];

/** The 16 bytes of a comm in one number, to tell whether they changed. */
function nameWords(memory: GuestMemory, at: number): number {
  const mixed = Math.imul(memory.i32(at), 31) + memory.i32(at + 4);
  return (Math.imul(mixed, 31) ^ Math.imul(memory.i32(at + 8), 17) ^ memory.i32(at + 12)) | 0;
}
