/**
 * Two snapshots to the facts that changed between them. Unchanged tasks and groups are the same objects in both
 * (lib/introspect shares them), so a diff costs what changed.
 *
 * Order within one diff: namespaces and groups that appeared, processes, group figures, mounts, layers, devices,
 * groups and namespaces that went; so each event speaks of things already introduced.
 */
import type { KernelEvent } from "../protocol/kernel-event.ts";
import type { KernelSnapshot } from "../protocol/kernel-snapshot.ts";
import { diffCgroups } from "./diff-cgroups.ts";
import { diffLayers, diffMounts } from "./diff-mounts.ts";
import { diffNamespaces } from "./diff-namespaces.ts";
import { diffNetwork } from "./diff-network.ts";
import { diffTasks } from "./diff-tasks.ts";

/** `previous` null (the first snapshot, a restore) gives no event: what is there has not happened just now. */
export function diff(previous: KernelSnapshot | null, next: KernelSnapshot): readonly KernelEvent[] {
  if (!previous || next.guestTimeNs < previous.guestTimeNs) return [];
  const base = { atNs: next.guestTimeNs, sequence: next.sequence };
  const namespaces = diffNamespaces(previous, next, base);
  const cgroups = diffCgroups(previous, next, base);
  return [
    ...namespaces.appeared,
    ...cgroups.appeared,
    ...diffTasks(previous, next, base),
    ...cgroups.changed,
    ...diffMounts(previous, next, base),
    ...diffLayers(previous, next, base),
    ...diffNetwork(previous, next, base),
    ...cgroups.gone,
    ...namespaces.gone,
  ];
}
