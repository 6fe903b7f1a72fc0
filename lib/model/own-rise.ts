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
  const own = new Map<number, number>();
  let before: ReadonlyMap<number, Cgroup> | null = null;
  for (const [index, cgroup] of next.cgroups.entries()) {
    let earlier = previous.cgroups[index];
    if (earlier === cgroup) continue;
    // Groups mostly keep their place.
    if (earlier?.id !== cgroup.id) {
      before ??= new Map(previous.cgroups.map((group) => [group.id, group]));
      earlier = before.get(cgroup.id);
    }
    const rise = (read(cgroup) ?? 0) - (earlier ? (read(earlier) ?? 0) : 0);
    if (rise <= 0) continue;
    own.set(cgroup.id, (own.get(cgroup.id) ?? 0) + rise);
    if (cgroup.parent !== null) own.set(cgroup.parent, (own.get(cgroup.parent) ?? 0) - rise);
  }
  for (const [id, count] of own) if (count <= 0) own.delete(id);
  return own;
}
