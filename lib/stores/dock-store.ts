import { createStore, type StoreApi } from "zustand/vanilla";
import { TERMINALS } from "../protocol/machine.ts";

export const DOCK_TABS = [...TERMINALS, "log"] as const;
export type DockTab = (typeof DOCK_TABS)[number];

/** Which of the terminals is in front: a lesson that types into one brings it there. */
export interface DockState {
  readonly active: DockTab;
}

export type DockStore = StoreApi<DockState>;

export function createDockStore(): DockStore {
  return createStore<DockState>(() => ({ active: "hvc0" }));
}
