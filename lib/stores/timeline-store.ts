import { createStore, type StoreApi } from "zustand/vanilla";
import type { KernelEvent } from "../protocol/kernel-event.ts";
import type { RuntimeStep } from "../protocol/runtime-step.ts";

/** Bounded so that hours of churn cost the same as a minute. */
const MAX_ENTRIES = 1_500;

export type TimelineEntry =
  | {
      readonly key: number;
      readonly atMs: number;
      readonly type: "event";
      readonly event: KernelEvent;
      /** When the last of the events that this one stands for happened. */
      readonly lastMs?: number;
    }
  | { readonly key: number; readonly atMs: number; readonly type: "step"; readonly step: RuntimeStep };

export interface TimelineState {
  /** In the order of guest time; both kinds carry CLOCK_BOOTTIME. */
  readonly entries: readonly TimelineEntry[];
  readonly nextKey: number;
}

export type TimelineStore = StoreApi<TimelineState>;

export function createTimelineStore(): TimelineStore {
  return createStore<TimelineState>(() => ({ entries: [], nextKey: 0 }));
}

export function appendTimeline(
  state: TimelineState,
  events: readonly KernelEvent[],
  steps: readonly RuntimeStep[],
): TimelineState {
  let key = state.nextKey;
  const added: TimelineEntry[] = [
    ...events.map((event): TimelineEntry => ({ key: key++, atMs: event.atNs / 1e6, type: "event", event })),
    ...steps.map((step): TimelineEntry => ({ key: key++, atMs: step.atMs, type: "step", step })),
  ];
  if (added.length === 0) return state;
  const entries = [...state.entries];
  for (const entry of added) {
    if (!mergeRepeated(entries, entry)) insert(entries, entry);
  }
  return { entries: entries.slice(-MAX_ENTRIES), nextKey: key };
}

/** A step reaches the page some milliseconds after the snapshot that shows its effect, so it goes in by its time. */
function insert(entries: TimelineEntry[], entry: TimelineEntry): void {
  let at = entries.length;
  while (at > 0 && (entries[at - 1]?.atMs ?? 0) > entry.atMs) at--;
  entries.splice(at, 0, entry);
}

/** How far back, in entries and in guest time, a repeated event looks for its like. */
const MERGE_ENTRIES = 12;
const MERGE_MS = 3_000;

/** A group at its limit says so with each snapshot, ten times a second: that is one entry which counts. */
function mergeRepeated(entries: TimelineEntry[], { atMs, ...entry }: TimelineEntry): boolean {
  if (entry.type !== "event") return false;
  const { event } = entry;
  for (let at = entries.length - 1; at >= Math.max(0, entries.length - MERGE_ENTRIES); at--) {
    const earlier = entries[at];
    if (earlier?.type !== "event") continue;
    const merged = atMs - (earlier.lastMs ?? earlier.atMs) <= MERGE_MS ? sum(earlier.event, event) : null;
    if (!merged) continue;
    entries[at] = { ...earlier, event: merged, lastMs: atMs };
    return true;
  }
  return false;
}

function sum(a: KernelEvent, b: KernelEvent): KernelEvent | null {
  if (a.kind === "throttled" && b.kind === "throttled" && a.id === b.id)
    return { ...a, periods: a.periods + b.periods, usec: a.usec + b.usec };
  if (a.kind === "memory-max" && b.kind === "memory-max" && a.id === b.id) return { ...a, count: a.count + b.count };
  if (a.kind === "pids-max" && b.kind === "pids-max" && a.id === b.id) return { ...a, count: a.count + b.count };
  return null;
}
