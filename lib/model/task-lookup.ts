/**
 * Tasks by PID. Between two snapshots most tasks keep their place in the list, or move by a few: whoever goes through one list and
 * asks the other says where it is, and the table of all is made only when that does not help.
 */
import type { Task } from "../protocol/kernel-snapshot.ts";

type Numbered = Pick<Task, "pid">;

export class TaskLookup<T extends Numbered = Task> {
  private readonly tasks: readonly T[];
  private byPid: ReadonlyMap<number, T> | null = null;
  /** How far the last one found by its place was from it. */
  private shift = 0;

  constructor(tasks: readonly T[]) {
    this.tasks = tasks;
  }

  get(pid: number, place?: number): T | undefined {
    if (place !== undefined) {
      const near = this.near(pid, place);
      if (near) return near;
    }
    this.byPid ??= new Map(this.tasks.map((task) => [task.pid, task]));
    return this.byPid.get(pid);
  }

  private near(pid: number, place: number): T | undefined {
    const task = this.tasks[place + this.shift];
    if (task?.pid === pid) return task;
    for (const step of [1, -1]) {
      const next = this.tasks[place + this.shift + step];
      if (next?.pid !== pid) continue;
      this.shift += step;
      return next;
    }
    return undefined;
  }
}
