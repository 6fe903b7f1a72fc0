/**
 * Puts the former snapshot's objects in the place of equal ones in the next. Introspection does so at the source, but a
 * snapshot that has crossed postMessage is all new objects: who keeps many, or compares by identity, shares again.
 */
import type { Mount, Overlay } from "../protocol/kernel-mount.ts";
import type { ListeningSocket, NetDevice } from "../protocol/kernel-network.ts";
import type { Cgroup, KernelSnapshot, Namespace, Task } from "../protocol/kernel-snapshot.ts";
import { deviceKey, mountKey } from "./related.ts";

export function shareUnchanged(former: KernelSnapshot | null, next: KernelSnapshot): KernelSnapshot {
  if (!former) return next;
  return {
    ...next,
    tasks: shareAll<Task>(former.tasks, next.tasks, ({ pid }) => pid),
    namespaces: shareAll<Namespace>(former.namespaces, next.namespaces, ({ inode }) => inode),
    cgroups: shareAll<Cgroup>(former.cgroups, next.cgroups, ({ id }) => id),
    mounts: shareAll<Mount>(former.mounts, next.mounts, mountKey),
    overlays: shareAll<Overlay>(former.overlays, next.overlays, ({ device }) => device),
    netDevices: shareAll<NetDevice>(former.netDevices, next.netDevices, deviceKey),
    sockets: shareAll<ListeningSocket>(former.sockets, next.sockets, ({ inode }) => inode),
    routes: share(former.routes, next.routes) as KernelSnapshot["routes"],
    nftChains: share(former.nftChains, next.nftChains) as KernelSnapshot["nftChains"],
  };
}

/** The former list itself where nothing in it changed. */
function shareAll<T extends object>(
  former: readonly T[],
  next: readonly T[],
  keyOf: (item: T) => number | string,
): readonly T[] {
  if (former === next) return former;
  let known: Map<number | string, T> | null = null;
  const shared = next.map((item, index) => {
    if (former[index] === item) return item;
    known ??= new Map(former.map((earlier) => [keyOf(earlier), earlier]));
    const before = known.get(keyOf(item));
    return before === undefined ? item : (share(before, item) as T);
  });
  return former.length === shared.length && shared.every((item, index) => item === former[index]) ? former : shared;
}

/** `former` where both say the same, else `next` with its equal parts from `former`. Plain JSON only. */
function share(former: unknown, next: unknown): unknown {
  if (former === next || typeof former !== "object" || typeof next !== "object" || !former || !next) return next;
  const before = former as Record<string, unknown>;
  const after = next as Record<string, unknown>;
  let same = Array.isArray(former) === Array.isArray(next);
  let mixed: Record<string, unknown> | null = null;
  for (const key in after) {
    const value = share(before[key], after[key]);
    if (value !== before[key]) same = false;
    if (value !== after[key] && !Array.isArray(next)) {
      mixed ??= { ...after };
      mixed[key] = value;
    }
  }
  for (const key in before) if (!(key in after)) same = false;
  return same ? former : (mixed ?? next);
}
