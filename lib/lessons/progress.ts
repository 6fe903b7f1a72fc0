/**
 * How far a visitor is in a lesson: a reducer over what the kernel shows. A step begins with the snapshot that passed
 * the one before and is held against later snapshots only, so one snapshot passes at most one step and nothing that
 * happened earlier counts as an act of this step. A pass is kept whatever the kernel does afterwards.
 */
import type { KernelEvent } from "../protocol/kernel-event.ts";
import type { KernelSnapshot } from "../protocol/kernel-snapshot.ts";
import type { Lesson } from "./lesson.ts";

/** A step may stay open for hours on a busy guest; checks look at recent events, and each is looked at when it comes. */
const MAX_EVENTS = 2_000;

export interface LessonProgress {
  /** Steps passed; also the index of the current step. */
  readonly passed: number;
  /** Null until the current step has seen the kernel. */
  readonly baseline: KernelSnapshot | null;
  readonly events: readonly KernelEvent[];
}

export const NOT_STARTED: LessonProgress = { passed: 0, baseline: null, events: [] };

export function isComplete(lesson: Lesson, progress: LessonProgress): boolean {
  return progress.passed >= lesson.steps.length;
}

/** `events` are those that `snapshot` came with. */
export function advance(
  lesson: Lesson,
  progress: LessonProgress,
  snapshot: KernelSnapshot,
  events: readonly KernelEvent[],
): LessonProgress {
  const step = lesson.steps[progress.passed];
  if (!step) return progress;
  if (!progress.baseline) return { ...progress, baseline: snapshot, events: [] };
  const since = events.length > 0 ? [...progress.events, ...events].slice(-MAX_EVENTS) : progress.events;
  if (step.check({ snapshot, baseline: progress.baseline, events: since }))
    return { passed: progress.passed + 1, baseline: snapshot, events: [] };
  return since === progress.events ? progress : { ...progress, events: since };
}

/** From the first step again, in the kernel as it is now; null where nothing of it was seen yet. */
export function restart(latest: KernelSnapshot | null): LessonProgress {
  return { passed: 0, baseline: latest, events: [] };
}

/** The guest was restored: what it was before is not true any more, what the visitor has passed still is. */
export function rebase(progress: LessonProgress): LessonProgress {
  return { passed: progress.passed, baseline: null, events: [] };
}
