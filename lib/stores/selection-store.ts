import { createStore, type StoreApi } from "zustand/vanilla";
import { deviceKey, mountKey, type Selection } from "../model/related.ts";

export type { Selection };

/** Where a shown value comes from: the kernel's field, the guest's file, the command that prints the same. */
export interface ValueSource {
  readonly name: string;
  readonly value: string;
  readonly field: string;
  readonly file: string | null;
  readonly command: string;
}

export interface SelectionState {
  readonly selected: Selection | null;
  readonly source: ValueSource | null;
}

export type SelectionStore = StoreApi<SelectionState>;

export function createSelectionStore(): SelectionStore {
  return createStore<SelectionState>(() => ({ selected: null, source: null }));
}

export function sameSelection(a: Selection | null, b: Selection | null): boolean {
  if (a === b) return true;
  if (!a || !b || a.kind !== b.kind) return false;
  if (a.kind === "task" && b.kind === "task") return a.pid === b.pid && a.startTimeNs === b.startTimeNs;
  if (a.kind === "cgroup" && b.kind === "cgroup") return a.id === b.id;
  if (a.kind === "namespace" && b.kind === "namespace") return a.inode === b.inode;
  if (a.kind === "mount" && b.kind === "mount") return mountKey(a) === mountKey(b);
  if (a.kind === "device" && b.kind === "device") return deviceKey(a) === deviceKey(b);
  return false;
}

/** Selecting what is selected clears it. */
export function toggleSelection(store: SelectionStore, selection: Selection): void {
  const { selected } = store.getState();
  store.setState({ selected: sameSelection(selected, selection) ? null : selection });
}

/** The card that says where a value comes from is empty again. */
export function forgetSource(store: SelectionStore): void {
  store.setState({ source: null });
}
