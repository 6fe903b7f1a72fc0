/** Groups that came and went, limits that changed, limits that were hit. */
import type { KernelEvent } from "../protocol/kernel-event.ts";
import type { Cgroup, KernelSnapshot, Limit } from "../protocol/kernel-snapshot.ts";
import type { EventStamp } from "./diff-namespaces.ts";
import { ownRise } from "./own-rise.ts";

interface CgroupDiff {
  readonly appeared: KernelEvent[];
  readonly changed: KernelEvent[];
  readonly gone: KernelEvent[];
}

export function diffCgroups(previous: KernelSnapshot, next: KernelSnapshot, stamp: EventStamp): CgroupDiff {
  if (previous.cgroups === next.cgroups) return { appeared: [], changed: [], gone: [] };
  const before = new Map(previous.cgroups.map((cgroup) => [cgroup.id, cgroup]));
  const found: CgroupDiff = { appeared: [], changed: [], gone: [] };
  for (const cgroup of next.cgroups) {
    const { id, path } = cgroup;
    const earlier = before.get(id);
    before.delete(id);
    if (!earlier) {
      found.appeared.push({ ...stamp, kind: "cgroup-new", id, path });
      found.changed.push(...limitChanges(unlimited(cgroup), cgroup, stamp), ...hits(unlimited(cgroup), cgroup, stamp));
    } else if (earlier !== cgroup) {
      found.changed.push(...limitChanges(earlier, cgroup, stamp), ...hits(earlier, cgroup, stamp));
    }
  }
  found.changed.push(...memoryHits(previous, next, stamp));
  // Preorder turned round: children go before their parents, as rmdir(2) demands.
  for (const { id, path } of [...before.values()].reverse())
    found.gone.push({ ...stamp, kind: "cgroup-gone", id, path });
  return found;
}

const LIMIT_FILES: readonly (readonly [file: string, read: (cgroup: Cgroup) => Limit | undefined])[] = [
  ["memory.min", ({ memory }) => memory?.min],
  ["memory.low", ({ memory }) => memory?.low],
  ["memory.high", ({ memory }) => memory?.high],
  ["memory.max", ({ memory }) => memory?.max],
  ["cpu.max", ({ cpu }) => cpu?.max],
  ["cpu.weight", ({ cpu }) => cpu?.weight],
  ["cpu.max.burst", ({ cpu }) => cpu?.max_burst_usec],
  ["pids.max", ({ pids }) => pids?.max],
];

const IO_LIMITS = ["rbps", "wbps", "riops", "wiops"] as const;

/** A controller that was switched on or off in between has no former limit: nothing to tell. */
function limitChanges(earlier: Cgroup, later: Cgroup, stamp: EventStamp): KernelEvent[] {
  const { id, path } = later;
  const events: KernelEvent[] = [];
  for (const [file, read] of LIMIT_FILES) {
    const from = read(earlier);
    const to = read(later);
    if (from !== undefined && to !== undefined && from !== to)
      events.push({ ...stamp, kind: "limit", id, path, file, from, to });
  }
  if (earlier.io && later.io && earlier.io !== later.io)
    for (const { device, max } of later.io.devices) {
      const before = earlier.io.devices.find((candidate) => candidate.device === device)?.max;
      for (const key of IO_LIMITS) {
        const [from, to] = [before?.[key] ?? "max", max?.[key] ?? "max"];
        if (from !== to) events.push({ ...stamp, kind: "limit", id, path, file: `io.max ${device} ${key}`, from, to });
      }
    }
  return events;
}

function hits(earlier: Cgroup, later: Cgroup, stamp: EventStamp): KernelEvent[] {
  const subject = { ...stamp, id: later.id, path: later.path };
  const events: KernelEvent[] = [];
  const rise = (read: (cgroup: Cgroup) => number | undefined): number => (read(later) ?? 0) - (read(earlier) ?? 0);
  const refused = rise(({ pids }) => pids?.events_max);
  if (refused > 0) events.push({ ...subject, kind: "pids-max", count: refused });
  const periods = rise(({ cpu }) => cpu?.nr_throttled);
  if (periods > 0)
    events.push({
      ...subject,
      kind: "throttled",
      periods,
      usec: Math.max(
        0,
        rise(({ cpu }) => cpu?.throttled_usec),
      ),
    });
  if (earlier.frozen !== later.frozen) events.push({ ...subject, kind: "frozen", frozen: later.frozen });
  const { attached } = later.devicePrograms;
  if (earlier.devicePrograms.attached !== attached) events.push({ ...subject, kind: "device-programs", attached });
  return events;
}

function memoryHits(previous: KernelSnapshot, next: KernelSnapshot, stamp: EventStamp): KernelEvent[] {
  const max = ownRise(previous, next, ({ memory }) => memory?.events.max);
  const kills = ownRise(previous, next, ({ memory }) => memory?.events.oom_kill);
  return next.cgroups.flatMap(({ id, path }) => {
    const events: KernelEvent[] = [];
    const subject = { ...stamp, id, path };
    if (max.has(id)) events.push({ ...subject, kind: "memory-max", count: max.get(id) ?? 0 });
    if (kills.has(id)) events.push({ ...subject, kind: "oom-kill", count: kills.get(id) ?? 0 });
    return events;
  });
}

/** A new group as mkdir(2) leaves it: limits set before the first snapshot of it are changes from these. */
function unlimited(cgroup: Cgroup): Cgroup {
  return {
    ...cgroup,
    frozen: false,
    memory: cgroup.memory && {
      ...cgroup.memory,
      min: 0,
      low: 0,
      high: "max",
      max: "max",
    },
    cpu: cgroup.cpu && {
      ...cgroup.cpu,
      weight: 100,
      max: "max",
      max_burst_usec: 0,
      nr_throttled: 0,
      throttled_usec: 0,
    },
    pids: cgroup.pids && { ...cgroup.pids, max: "max", events_max: 0 },
    io: cgroup.io && { devices: [] },
    devicePrograms: { attached: 0, effective: 0 },
  };
}
