/**
 * memory.events counts the whole subtree, so one event raises the counter of every group above too. A group's own
 * share is its rise less that of its children; only groups with a share are in the result, by id.
 */
import type { Cgroup, KernelSnapshot } from "../protocol/kernel-snapshot.ts";

export function ownRise(
  previous: KernelSnapshot,
  next: KernelSnapshot,
  read: (cgroup: Cgroup) => number | undefined,
): ReadonlyMap<number, number> {
  const before = new Map(previous.cgroups.map((cgroup) => [cgroup.id, cgroup]));
  const own = new Map<number, number>();
  const add = (id: number, count: number): void => void own.set(id, (own.get(id) ?? 0) + count);
  for (const cgroup of next.cgroups) {
    const earlier = before.get(cgroup.id);
    if (earlier === cgroup) continue;
    const rise = (read(cgroup) ?? 0) - (earlier ? (read(earlier) ?? 0) : 0);
    if (rise <= 0) continue;
    add(cgroup.id, rise);
    if (cgroup.parent !== null) add(cgroup.parent, -rise);
  }
  for (const [id, count] of own) if (count <= 0) own.delete(id);
  return own;
}
