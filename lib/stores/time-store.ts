import { createStore, type StoreApi } from "zustand/vanilla";
import { History } from "../model/history.ts";
import type { KernelEvent } from "../protocol/kernel-event.ts";
import type { KernelSnapshot } from "../protocol/kernel-snapshot.ts";
import { EMPTY_HISTORY, type HistoryStore, historyAt } from "./history-store.ts";
import { EMPTY_KERNEL, type KernelStore, kernelAt } from "./kernel-store.ts";

/** The one cursor that all panels follow. */
export interface TimeState {
  /** Guest CLOCK_BOOTTIME of the moment that is shown, ns; null is live. */
  readonly cursorNs: number | null;
  /** What is kept: the cursor cannot leave it. Null before the first snapshot. */
  readonly oldestNs: number | null;
  readonly latestNs: number | null;
}

export type TimeStore = StoreApi<TimeState>;

export interface TimeMachine {
  readonly time: TimeStore;
  /** Keeps a snapshot; returns it with all that did not change shared with the one before. */
  keep(snapshot: KernelSnapshot, events: readonly KernelEvent[]): KernelSnapshot;
  /** Moves the cursor, within what is kept; null goes back to live. */
  seek(atNs: number | null): void;
  forget(): void;
}

interface Stores {
  readonly kernel: KernelStore;
  readonly history: HistoryStore;
}

const LIVE: TimeState = { cursorNs: null, oldestNs: null, latestNs: null };

/** Feeds `shown` from `live`, or from the past while the cursor stands there. */
export function createTimeMachine(live: Stores, shown: Stores): TimeMachine {
  const past = new History();
  const time = createStore<TimeState>(() => LIVE);
  const isLive = () => time.getState().cursorNs === null;

  live.kernel.subscribe((state) => {
    if (isLive()) shown.kernel.setState(state);
  });
  live.history.subscribe((state) => {
    if (isLive()) shown.history.setState(state);
  });

  return {
    time,
    keep(snapshot, events) {
      past.push(snapshot, events);
      const oldestNs = past.oldest?.snapshot.guestTimeNs ?? null;
      time.setState({ oldestNs, latestNs: snapshot.guestTimeNs });
      return past.latest?.snapshot ?? snapshot;
    },
    seek(atNs) {
      const { oldestNs } = time.getState();
      const cursorNs = atNs === null || oldestNs === null ? null : Math.max(oldestNs, atNs);
      time.setState({ cursorNs });
      shown.kernel.setState((cursorNs === null ? null : kernelAt(past, cursorNs)) ?? live.kernel.getState());
      shown.history.setState(cursorNs === null ? live.history.getState() : historyAt(past, cursorNs));
    },
    forget() {
      past.clear();
      time.setState(LIVE);
      shown.kernel.setState(EMPTY_KERNEL);
      shown.history.setState(EMPTY_HISTORY);
    },
  };
}
