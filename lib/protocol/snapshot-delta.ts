/**
 * A snapshot as it crosses from the worker to the page: per list only what is not in the snapshot before. A guest with 1,000
 * processes of which three ran sends three of them and 1,000 small numbers.
 */
import type { KernelEvent } from "./kernel-event.ts";
import type { KernelSnapshot } from "./kernel-snapshot.ts";
import type { MachineNotice } from "./machine.ts";

export const SNAPSHOT_LISTS = [
  "tasks",
  "passed",
  "namespaces",
  "cgroups",
  "mounts",
  "overlays",
  "netDevices",
  "sockets",
  "routes",
  "nftChains",
] as const satisfies readonly (keyof KernelSnapshot)[];
export type SnapshotList = (typeof SNAPSHOT_LISTS)[number];

export interface ListDelta {
  /** For each entry its index in the list before, or -1 for the next one of `items`. */
  readonly from: Int32Array;
  readonly items: readonly object[];
}

export interface SnapshotDelta {
  readonly type: "snapshot-delta";
  /** All that is no list. */
  readonly rest: Omit<KernelSnapshot, SnapshotList>;
  /** A list that is missing has not changed. */
  readonly lists: { readonly [List in SnapshotList]?: ListDelta };
  readonly events: readonly KernelEvent[];
  readonly wallMs: number;
}

/** What the worker really posts. */
export type WorkerMessage = Exclude<MachineNotice, { readonly type: "snapshot" }> | SnapshotDelta;
