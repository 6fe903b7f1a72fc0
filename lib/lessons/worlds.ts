/** Words for checks about PID namespaces, as predicates over kernel snapshots and events. */
import type { KernelEvent } from "../protocol/kernel-event.ts";
import type { KernelSnapshot, Task } from "../protocol/kernel-snapshot.ts";

/** Programs by task comm (at most 15 characters). */
export const SHELLS: ReadonlySet<string> = new Set(["bash", "sh", "dash", "ash", "busybox"]);
export const PROCESS_LISTERS: ReadonlySet<string> = new Set(["ps", "pstree", "top", "htop", "pgrep", "pidof"]);

export function isAlive(task: Task): boolean {
  return task.state !== "Z" && task.state !== "X";
}

/** Whether the process sees itself as PID 1 although the host knows it by another number. */
export function isInnerPid1({ pids }: Pick<Task, "pids">): boolean {
  return pids.length > 1 && pids.at(-1) === 1;
}

/** Shells that are PID 1 of a PID namespace of their own. */
export function shellWorlds(snapshot: KernelSnapshot): readonly Task[] {
  return snapshot.tasks.filter((task) => isInnerPid1(task) && SHELLS.has(task.comm) && isAlive(task));
}

/** The mount namespace of the host's own PID 1; null where it was not credible. */
export function hostMounts(snapshot: KernelSnapshot): number | null {
  return snapshot.tasks.find((task) => task.pid === 1)?.namespaces.mnt ?? null;
}

export type ProcessEvent = Extract<KernelEvent, { kind: "exec" | "exit" }>;

/** Programs that were started since the step began, and by how many PID namespaces they are surrounded. */
export function started(events: readonly KernelEvent[], programs: ReadonlySet<string>): readonly ProcessEvent[] {
  return events.filter((event): event is ProcessEvent => event.kind === "exec" && programs.has(event.comm));
}
