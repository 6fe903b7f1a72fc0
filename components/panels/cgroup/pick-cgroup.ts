import type { Cgroup, KernelSnapshot } from "../../../lib/protocol/kernel-snapshot.ts";
import type { Selection } from "../../../lib/stores/selection-store.ts";

/**
 * The cgroup to show: the selected one, that of the selected process, the one in which the kernel has just killed, or
 * the youngest that holds processes.
 */
export function pickCgroup(
  snapshot: KernelSnapshot,
  selected: Selection | null,
  struck: ReadonlyMap<number, number>,
): Cgroup | null {
  const byId = (id: number | undefined) => snapshot.cgroups.find((cgroup) => cgroup.id === id);
  if (selected?.kind === "cgroup") {
    const cgroup = byId(selected.id);
    if (cgroup) return cgroup;
  }
  if (selected?.kind === "task") {
    const cgroup = byId(snapshot.tasks.find((task) => task.pid === selected.pid)?.cgroup);
    if (cgroup && cgroup.parent !== null) return cgroup;
  }
  const hit = snapshot.cgroups.find((cgroup) => struck.has(cgroup.id));
  if (hit) return hit;
  const groups = snapshot.cgroups.filter((cgroup) => cgroup.parent !== null);
  const busy = groups.filter((cgroup) => cgroup.procs > 0);
  return youngest(busy) ?? youngest(groups);
}

function youngest(groups: readonly Cgroup[]): Cgroup | null {
  return groups.reduce<Cgroup | null>((found, group) => (found && found.id > group.id ? found : group), null);
}
