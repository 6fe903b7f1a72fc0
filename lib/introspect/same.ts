/**
 * Whether a thing read now equals the one read before, field by field. Introspection then hands out the former object,
 * so that whoever compares two snapshots sees by identity what did not change.
 */
import type { Cgroup, IdMapExtent, Namespace } from "../protocol/kernel-snapshot.ts";

export function sameNamespace(a: Namespace, b: Omit<Namespace, "keepers">): boolean {
  return (
    a.inode === b.inode &&
    a.type === b.type &&
    a.parent === b.parent &&
    a.owner === b.owner &&
    a.hostname === b.hostname &&
    a.level === b.level &&
    a.mounts === b.mounts &&
    a.domainname === b.domainname &&
    a.timeOffsets === b.timeOffsets &&
    a.ipc === b.ipc &&
    sameMap(a.uidMap, b.uidMap) &&
    sameMap(a.gidMap, b.gidMap)
  );
}

function sameMap(a: readonly IdMapExtent[] | null, b: readonly IdMapExtent[] | null): boolean {
  if (a === b) return true;
  if (a?.length !== b?.length) return false;
  return (a ?? []).every((extent, index) => sameFlat(extent, b?.[index] ?? null));
}

/** The former list where the next one holds the same entries. */
export function sameList<T>(former: readonly T[], next: readonly T[]): readonly T[] {
  if (former.length !== next.length) return next;
  for (let index = 0; index < next.length; index++) if (former[index] !== next[index]) return next;
  return former;
}

export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

/** Two records of plain values with the same keys. */
export function sameFlat<T extends object>(a: T | null, b: T | null): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  for (const key in a) if (a[key] !== b[key]) return false;
  return true;
}

export function sameCgroup(a: Cgroup, b: Cgroup): boolean {
  return (
    a.procs === b.procs &&
    a.frozen === b.frozen &&
    a.cputime === b.cputime &&
    a.memory === b.memory &&
    a.cpu === b.cpu &&
    a.pids === b.pids &&
    a.io === b.io &&
    a.pressure === b.pressure &&
    a.freeze === b.freeze &&
    a.controllers === b.controllers &&
    a.subtreeControl === b.subtreeControl &&
    a.devicePrograms === b.devicePrograms &&
    a.id === b.id &&
    a.parent === b.parent &&
    a.path === b.path
  );
}

/** Two values of plain JSON, all the way down. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  if (Array.isArray(left) && left.length !== (right as { length?: number }).length) return false;
  for (const key in left) if (!sameJson(left[key], right[key])) return false;
  return true;
}
