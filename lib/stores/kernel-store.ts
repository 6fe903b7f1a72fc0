import { createStore, type StoreApi } from "zustand/vanilla";
import type { History } from "../model/history.ts";
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

export const EMPTY_KERNEL: KernelState = { snapshot: null, previous: null, departed: [], struck: new Map() };
const STRUCK_MS = 6_000;

export function createKernelStore(): KernelStore {
  return createStore<KernelState>(() => EMPTY_KERNEL);
}

export function clearKernelStore(store: KernelStore): void {
  store.setState(EMPTY_KERNEL);
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

/** The state as it was at an earlier moment, with the marks that stood then. Null while nothing is kept. */
export function kernelAt(past: History, atNs: number): KernelState | null {
  const moment = past.at(atNs);
  if (!moment) return null;
  const { guestTimeNs } = moment.snapshot;
  let state = EMPTY_KERNEL;
  for (const { snapshot, events } of past.between(guestTimeNs - STRUCK_MS * 1e6, guestTimeNs))
    state = applySnapshot(state, snapshot, events, snapshot.guestTimeNs / 1e6);
  return state;
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
