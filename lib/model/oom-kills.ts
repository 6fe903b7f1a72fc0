/**
 * Which of the ended processes the OOM killer ended. A victim seen between its choice and its end carries the mark
 * (Task.oomVictim). One that vanished between two snapshots is named by its group's counter: `oom_kill` counts in the
 * victim's own group, so as many of that group's ended processes are victims; of more, those that held most memory,
 * as the kernel chooses by that.
 */
import type { KernelSnapshot, Task } from "../protocol/kernel-snapshot.ts";
import { ownRise } from "./own-rise.ts";
import type { TaskLookup } from "./task-lookup.ts";

export function oomKilledPids(
  previous: KernelSnapshot,
  next: KernelSnapshot,
  ended: readonly Task[],
  after: TaskLookup,
): ReadonlySet<number> {
  const killed = new Set<number>();
  for (const task of ended) if (task.oomVictim || after.get(task.pid)?.oomVictim) killed.add(task.pid);
  for (const [cgroup, count] of ownRise(previous, next, ({ memory }) => memory?.events.oom_kill)) {
    const candidates = ended.filter((task) => task.cgroup === cgroup);
    const marked = candidates.filter((task) => killed.has(task.pid)).length;
    const unmarked = candidates.filter((task) => !killed.has(task.pid) && exitStatusAllows(after.get(task.pid)));
    unmarked.sort((a, b) => (b.rssBytes ?? 0) - (a.rssBytes ?? 0));
    for (const task of unmarked.slice(0, Math.max(0, count - marked))) killed.add(task.pid);
  }
  return killed;
}

/** A zombie tells how it ended; only SIGKILL can be the OOM killer's. */
function exitStatusAllows(later: Task | undefined): boolean {
  return later?.exitCode === undefined || later.exitCode === null || (later.exitCode & 0x7f) === 9;
}
