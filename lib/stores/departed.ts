import type { KernelEvent } from "../protocol/kernel-event.ts";
import type { Task } from "../protocol/kernel-snapshot.ts";

/** How long the page keeps showing a process that has gone, in ms of page time. */
const LINGER_MS = 700;
const LINGER_KILLED_MS = 4_000;

/** A process that the kernel no longer has; shown for a moment so that its going can be seen. */
export interface Departed {
  readonly task: Task;
  readonly oomKilled: boolean;
  readonly untilMs: number;
}

export function updateDeparted(
  departed: readonly Departed[],
  previousTasks: readonly Task[],
  events: readonly KernelEvent[],
  nowMs: number,
): readonly Departed[] {
  const kept = departed.filter((entry) => entry.untilMs > nowMs);
  const added: Departed[] = [];
  for (const event of events) {
    if (event.kind !== "exit") continue;
    const task = previousTasks.find((candidate) => candidate.pid === event.pid);
    if (!task || task.kthread) continue;
    const lingerMs = event.oomKilled ? LINGER_KILLED_MS : LINGER_MS;
    added.push({ task, oomKilled: event.oomKilled, untilMs: nowMs + lingerMs });
  }
  return added.length === 0 && kept.length === departed.length ? departed : [...kept, ...added];
}
