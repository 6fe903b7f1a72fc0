/**
 * Both ends of the way that snapshots take from the worker to the page (lib/protocol/snapshot-delta.ts). Introspection hands out
 * the same object for what has not changed; the sender finds it again by identity, the receiver puts its own former object there.
 *
 * Order: the receiver has to see every delta of its sender, from the first on.
 */
import type { KernelSnapshot } from "../protocol/kernel-snapshot.ts";
import type { MachineNotice } from "../protocol/machine.ts";
import { type ListDelta, SNAPSHOT_LISTS, type SnapshotDelta } from "../protocol/snapshot-delta.ts";

type SnapshotNotice = Extract<MachineNotice, { type: "snapshot" }>;
type Lists = Partial<Record<(typeof SNAPSHOT_LISTS)[number], readonly object[]>>;

export function createSnapshotSender(): (notice: SnapshotNotice) => SnapshotDelta {
  let previous: Lists = {};
  return ({ snapshot, events, wallMs }) => {
    const { sequence, guestTimeNs, totalForks, dropped } = snapshot;
    const lists: Record<string, ListDelta> = {};
    const now: Lists = {};
    for (const key of SNAPSHOT_LISTS) {
      now[key] = snapshot[key];
      const delta = deltaOf(previous[key] ?? [], snapshot[key]);
      if (delta) lists[key] = delta;
    }
    previous = now;
    return { type: "snapshot-delta", rest: { sequence, guestTimeNs, totalForks, dropped }, lists, events, wallMs };
  };
}

/** Null where nothing has changed. */
function deltaOf(former: readonly object[], next: readonly object[]): ListDelta | null {
  if (former === next) return null;
  const from = new Int32Array(next.length);
  const items: object[] = [];
  let moved = former.length !== next.length;
  let places: Map<object, number> | null = null;
  next.forEach((item, index) => {
    if (former[index] === item) {
      from[index] = index;
      return;
    }
    moved = true;
    places ??= new Map(former.map((known, place) => [known, place]));
    const place = places.get(item);
    from[index] = place ?? -1;
    if (place === undefined) items.push(item);
  });
  return moved ? { from, items } : null;
}

export function createSnapshotReceiver(): (delta: SnapshotDelta) => SnapshotNotice {
  let former: Lists = {};
  return ({ rest, lists, events, wallMs }) => {
    const now: Lists = {};
    for (const key of SNAPSHOT_LISTS) now[key] = applied(former[key] ?? [], lists[key]);
    former = now;
    return { type: "snapshot", snapshot: { ...rest, ...now } as KernelSnapshot, events, wallMs };
  };
}

function applied(former: readonly object[], delta: ListDelta | undefined): readonly object[] {
  if (!delta) return former;
  let next = 0;
  return Array.from(delta.from, (place) => (place < 0 ? delta.items[next++] : former[place]) as object);
}
