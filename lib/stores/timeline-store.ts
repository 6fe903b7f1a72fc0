import { createStore, type StoreApi } from "zustand/vanilla";
import type { KernelEvent } from "../protocol/kernel-event.ts";
import type { RuntimeStep } from "../protocol/runtime-step.ts";

/** Bounded so that hours of churn cost the same as a minute. */
const MAX_ENTRIES = 1_500;

export type TimelineEntry =
  | { readonly key: number; readonly atMs: number; readonly type: "event"; readonly event: KernelEvent }
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
  for (const entry of added) insert(entries, entry);
  return { entries: entries.slice(-MAX_ENTRIES), nextKey: key };
}

/** A step reaches the page some milliseconds after the snapshot that shows its effect, so it goes in by its time. */
function insert(entries: TimelineEntry[], entry: TimelineEntry): void {
  let at = entries.length;
  while (at > 0 && (entries[at - 1]?.atMs ?? 0) > entry.atMs) at--;
  entries.splice(at, 0, entry);
}
