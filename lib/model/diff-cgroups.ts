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
  const found: CgroupDiff = { appeared: [], changed: [], gone: [] };
  if (previous.cgroups === next.cgroups) return found;
  if (sameGroups(previous.cgroups, next.cgroups)) {
    next.cgroups.forEach((cgroup, index) => {
      const earlier = previous.cgroups[index];
      if (earlier && earlier !== cgroup) pushChanges(found.changed, earlier, cgroup, stamp);
    });
    pushMemoryHits(found.changed, previous, next, stamp);
    return found;
  }
  const before = new Map(previous.cgroups.map((cgroup) => [cgroup.id, cgroup]));
  for (const cgroup of next.cgroups) {
    const { id, path } = cgroup;
    const earlier = before.get(id);
    before.delete(id);
    if (!earlier) {
      found.appeared.push({ ...stamp, kind: "cgroup-new", id, path });
      pushChanges(found.changed, unlimited(cgroup), cgroup, stamp);
    } else if (earlier !== cgroup) pushChanges(found.changed, earlier, cgroup, stamp);
  }
  pushMemoryHits(found.changed, previous, next, stamp);
  // Preorder turned round: children go before their parents, as rmdir(2) demands.
  for (const { id, path } of [...before.values()].reverse())
    found.gone.push({ ...stamp, kind: "cgroup-gone", id, path });
  return found;
}

/** Mostly the same groups in the same order: then no table of them is needed. */
function sameGroups(former: readonly Cgroup[], next: readonly Cgroup[]): boolean {
  if (former.length !== next.length) return false;
  for (let index = 0; index < next.length; index++) if (former[index]?.id !== next[index]?.id) return false;
  return true;
}

/** A group that only ran has new times and pressure, in which there is nothing to tell. */
function pushChanges(events: KernelEvent[], earlier: Cgroup, later: Cgroup, stamp: EventStamp): void {
  const same =
    earlier.memory === later.memory &&
    earlier.pids === later.pids &&
    earlier.io === later.io &&
    earlier.frozen === later.frozen &&
    earlier.devicePrograms === later.devicePrograms &&
    earlier.cpu === later.cpu;
  if (same) return;
  events.push(...limitChanges(earlier, later, stamp), ...hits(earlier, later, stamp));
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

function pushMemoryHits(
  events: KernelEvent[],
  previous: KernelSnapshot,
  next: KernelSnapshot,
  stamp: EventStamp,
): void {
  const max = ownRise(previous, next, maxHits);
  const kills = ownRise(previous, next, oomKills);
  if (max.size + kills.size === 0) return;
  for (const { id, path } of next.cgroups) {
    const subject = { ...stamp, id, path };
    if (max.has(id)) events.push({ ...subject, kind: "memory-max", count: max.get(id) ?? 0 });
    if (kills.has(id)) events.push({ ...subject, kind: "oom-kill", count: kills.get(id) ?? 0 });
  }
}

const maxHits = ({ memory }: Cgroup): number | undefined => memory?.events.max;
const oomKills = ({ memory }: Cgroup): number | undefined => memory?.events.oom_kill;

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
