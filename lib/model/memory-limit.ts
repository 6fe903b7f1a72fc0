/** What holds a group's memory: its own memory.max or the least of those above it (cgroup v2 is hierarchical). */
import type { Cgroup } from "../protocol/kernel-snapshot.ts";

export interface MemoryLimit {
  readonly bytes: number;
  /** The group whose memory.max it is. */
  readonly of: Cgroup;
}

/** Null where neither the group nor one above it is limited. */
export function memoryLimit(cgroups: readonly Cgroup[], cgroup: Cgroup): MemoryLimit | null {
  let least: MemoryLimit | null = null;
  let at: Cgroup | undefined = cgroup;
  for (let depth = 0; at && depth < 64; depth++) {
    const max = at.memory?.max;
    if (typeof max === "number" && (least === null || max < least.bytes)) least = { bytes: max, of: at };
    const parent: number | null = at.parent;
    at = parent === null ? undefined : cgroups.find(({ id }) => id === parent);
  }
  return least;
}

const LEAST_SCALE = 4 * 1024 * 1024;

/** Without a limit, the next power of two above what the group ever held: it moves seldom and compares at a glance. */
export function memoryScale(peak: number): number {
  let scale = LEAST_SCALE;
  while (scale < peak * 1.2) scale *= 2;
  return scale;
}
