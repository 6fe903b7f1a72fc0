import type { KernelEvent } from "../../../lib/protocol/kernel-event.ts";
import { containerOf } from "../../../lib/stores/names-store.ts";
import type { TimelineEntry } from "../../../lib/stores/timeline-store.ts";

/** What an entry is about; each can be left out of the line. */
export const ENTRY_KINDS = ["step", "process", "namespace", "cgroup", "strike"] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export interface TimelineFilter {
  readonly hidden: ReadonlySet<EntryKind>;
  /** First 12 digits of a container's id; null for all that happens. */
  readonly container: string | null;
}

export const SHOW_ALL: TimelineFilter = { hidden: new Set(), container: null };

const EVENT_KINDS: Readonly<Partial<Record<KernelEvent["kind"], EntryKind>>> = {
  fork: "process",
  exec: "process",
  exit: "process",
  missed: "process",
  "memory-max": "strike",
  "oom-kill": "strike",
  "pids-max": "strike",
  throttled: "strike",
  "cgroup-new": "cgroup",
  "cgroup-gone": "cgroup",
  "cgroup-move": "cgroup",
  limit: "cgroup",
  frozen: "cgroup",
};

/** What belongs to no other kind is about a namespace or what lies in one: hostnames, mounts, devices. */
export function kindOf(entry: TimelineEntry): EntryKind {
  return entry.type === "step" ? "step" : (EVENT_KINDS[entry.event.kind] ?? "namespace");
}

export function filterEntries(
  entries: readonly TimelineEntry[],
  { hidden, container }: TimelineFilter,
  cgroupPaths: ReadonlyMap<number, string>,
): readonly TimelineEntry[] {
  if (hidden.size === 0 && container === null) return entries;
  const paths = new Map(cgroupPaths);
  return entries.filter((entry) => {
    if (entry.type === "event" && entry.event.kind === "cgroup-new") paths.set(entry.event.id, entry.event.path);
    return !hidden.has(kindOf(entry)) && (container === null || containerIdOf(entry, paths) === container);
  });
}

function containerIdOf(entry: TimelineEntry, paths: ReadonlyMap<number, string>): string | null {
  if (entry.type === "step") return entry.step.id.slice(0, 12);
  const { event } = entry;
  const path = "path" in event ? event.path : "cgroup" in event ? paths.get(event.cgroup) : undefined;
  return path === undefined ? null : (containerOf(path, new Map())?.id.slice(0, 12) ?? null);
}
