/**
 * Processes that live shorter than the time between two snapshots. The kernel appends a new process to the list of tasks, so
 * each probe that sees the count of forks move looks at the end of the list and notes who is new; who has become another
 * program meanwhile is noted again. What was noted and is gone by the next snapshot is told with it.
 *
 * The list is walked backwards here: list_add_tail_rcu writes a new task's own links before it links it in, so whatever is
 * reached is whole.
 */
import type { Task } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { symbolOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";
import type { TaskReader } from "./tasks.ts";

/** New tasks looked at in one probe; more come and go only in a fork storm. */
const MAX_NEW = 32;
/** Noted between two snapshots. */
const MAX_NOTED = 512;
/** Offset of `prev` in struct list_head. */
const PREV = 4;

export class PasserReader {
  private readonly tasks: TaskReader;
  private readonly head: number;
  private readonly totalForks: number;
  private readonly currentTask: number;
  private readonly noted = new Map<string, { readonly at: number; readonly task: Task }>();
  private readonly byPlace = new Map<number, Task>();
  private forks = -1;

  constructor(layout: KernelLayout, memory: GuestMemory, tasks: TaskReader) {
    this.tasks = tasks;
    this.head = memory.offsetOf(symbolOf(layout, "init_task")) + tasks.fields.tasks;
    this.totalForks = memory.offsetOf(symbolOf(layout, "total_forks"));
    this.currentTask = memory.offsetOf(symbolOf(layout, "current_task"));
  }

  /** Within each probe. */
  note(memory: GuestMemory): void {
    const forks = memory.i32(this.totalForks);
    if (forks !== this.forks) this.noteNew(memory);
    this.forks = forks;
    const current = memory.pointer(this.currentTask);
    if (current !== 0) this.noteChanged(memory, current);
  }

  /** Those noted since the last call that `alive` does not have in the same state of their lives. */
  take(alive: readonly Task[], memory: GuestMemory): readonly Task[] {
    this.forks = memory.i32(this.totalForks);
    if (this.noted.size === 0) return NOBODY;
    const there = new Set(alive.map(keyOf));
    const gone = [...this.noted].filter(([key]) => !there.has(key)).map(([, { task }]) => task);
    this.noted.clear();
    this.byPlace.clear();
    return gone;
  }

  private noteNew(memory: GuestMemory): void {
    const { fields } = this.tasks;
    let node = memory.pointer(this.head + PREV);
    for (let count = 0; node !== 0 && node !== this.head && count < MAX_NEW; count++) {
      const at = node - fields.tasks;
      const pid = memory.i32(at + fields.pid);
      if (this.isKnown(memory, at, pid)) return;
      this.put(memory, at);
      node = memory.pointer(node + PREV);
    }
  }

  /** execve(2) of a task that a snapshot or a probe has seen before. */
  private noteChanged(memory: GuestMemory, at: number): void {
    const { fields } = this.tasks;
    const pid = memory.i32(at + fields.pid);
    if (pid <= 0 || memory.i32(at + fields.tgid) !== pid) return;
    const before = this.byPlace.get(at) ?? this.tasks.entryAt(at)?.task;
    if (!before || before.pid !== pid || before.execId === memory.u32(at + fields.selfExecId)) return;
    this.put(memory, at);
  }

  private isKnown(memory: GuestMemory, at: number, pid: number): boolean {
    const startTimeNs = memory.u64(at + this.tasks.fields.startBoottime);
    const noted = this.byPlace.get(at);
    if (noted?.pid === pid && noted.startTimeNs === startTimeNs) return true;
    const entry = this.tasks.entryAt(at);
    return entry?.task?.pid === pid && entry.task.startTimeNs === startTimeNs;
  }

  private put(memory: GuestMemory, at: number): void {
    if (this.noted.size >= MAX_NOTED) return;
    const task = this.tasks.peek(memory, at);
    if (!task) return;
    this.noted.set(keyOf(task), { at, task });
    this.byPlace.set(at, task);
  }
}

const NOBODY: readonly Task[] = [];

const keyOf = (task: Task): string => `${task.pid} ${task.startTimeNs}`;
