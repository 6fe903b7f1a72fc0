import { createStore, type StoreApi } from "zustand/vanilla";
import type { KernelEvent } from "../protocol/kernel-event.ts";
import type { KernelSnapshot } from "../protocol/kernel-snapshot.ts";
import { type Departed, updateDeparted } from "./departed.ts";

export interface KernelState {
  readonly snapshot: KernelSnapshot | null;
  /** The snapshot before, for what has just gone. */
  readonly previous: KernelSnapshot | null;
  readonly departed: readonly Departed[];
  /** Cgroups in which the kernel has just killed for memory: id -> until when the page shows it, ms of page time. */
  readonly struck: ReadonlyMap<number, number>;
}

export type KernelStore = StoreApi<KernelState>;

const EMPTY: KernelState = { snapshot: null, previous: null, departed: [], struck: new Map() };
const STRUCK_MS = 6_000;

export function createKernelStore(): KernelStore {
  return createStore<KernelState>(() => EMPTY);
}

export function clearKernelStore(store: KernelStore): void {
  store.setState(EMPTY);
}

export function applySnapshot(
  state: KernelState,
  snapshot: KernelSnapshot,
  events: readonly KernelEvent[],
  nowMs: number,
): KernelState {
  return {
    snapshot,
    previous: state.snapshot,
    departed: updateDeparted(state.departed, state.snapshot?.tasks ?? [], events, nowMs),
    struck: updateStruck(state.struck, events, nowMs),
  };
}

/** Lets the marks fade of what has gone while no new snapshot comes: an idle guest sends none. */
export function expireMarks(state: KernelState, nowMs: number): KernelState {
  const departed = updateDeparted(state.departed, [], [], nowMs);
  const struck = updateStruck(state.struck, [], nowMs);
  return departed === state.departed && struck === state.struck ? state : { ...state, departed, struck };
}

/** When the next mark fades, or null. */
export function nextExpiryMs(state: KernelState): number | null {
  const times = [...state.departed.map((entry) => entry.untilMs), ...state.struck.values()];
  return times.length > 0 ? Math.min(...times) : null;
}

function updateStruck(
  struck: ReadonlyMap<number, number>,
  events: readonly KernelEvent[],
  nowMs: number,
): ReadonlyMap<number, number> {
  const kills = events.filter((event) => event.kind === "oom-kill");
  const stale = [...struck.values()].some((untilMs) => untilMs <= nowMs);
  if (kills.length === 0 && !stale) return struck;
  const next = new Map([...struck].filter(([, untilMs]) => untilMs > nowMs));
  for (const kill of kills) next.set(kill.id, nowMs + STRUCK_MS);
  return next;
}
