import {
  type Cgroup,
  type KernelSnapshot,
  NAMESPACE_TYPES,
  type NamespaceType,
  type Task,
} from "../../../lib/protocol/kernel-snapshot.ts";
import type { Departed } from "../../../lib/stores/departed.ts";
import { SnapshotIndex, type World } from "./snapshot-index.ts";

/**
 * The picture: each set of namespaces that differs from the host's is a pane of glass, panes stand in the pane whose
 * namespaces they kept, and a cgroup is what fills a pane. A cgroup whose processes live in the host's namespaces is a
 * vessel without glass.
 */
export interface GlassScene {
  readonly hostTask: Task | null;
  readonly hostChips: readonly GlassChip[];
  readonly kernelThreads: number;
  readonly panes: readonly GlassPane[];
}

/** own: nobody outside this pane has it. inherited: the pane around has it too, the host does not. shared: the host's. */
export type Relation = "own" | "inherited" | "shared";

export interface GlassPane {
  readonly key: string;
  /** The cgroup that holds all of the pane's processes and not those around it; null where they have none to themselves. */
  readonly cgroup: Cgroup | null;
  readonly hostname: string | null;
  readonly namespaces: Readonly<Record<NamespaceType, { readonly inode: number | null; readonly relation: Relation }>>;
  readonly own: readonly NamespaceType[];
  /** First line of the uid map where the pane has its own user namespace. */
  readonly uidMap: { readonly inside: number; readonly outside: number } | null;
  readonly chips: readonly GlassChip[];
  readonly panes: readonly GlassPane[];
}

export interface GlassChip {
  readonly key: string;
  readonly task: Task;
  /** PID in the innermost namespace, and in the host's. */
  readonly inside: number;
  readonly outside: number;
  readonly fate: "alive" | "zombie" | "gone" | "killed";
}

interface Group {
  readonly key: string;
  readonly world: World;
  readonly chips: GlassChip[];
  readonly cgroupIds: Set<number>;
}

export function buildScene(snapshot: KernelSnapshot, departed: readonly Departed[]): GlassScene {
  const hostTask = snapshot.tasks.find((task) => task.pid === 1) ?? null;
  const index = new SnapshotIndex(snapshot, hostTask?.namespaces ?? null);
  const hostChips: GlassChip[] = [];
  const groups = new Map<string, Group>();
  let kernelThreads = 0;

  const place = (task: Task, fate: GlassChip["fate"]) => {
    const world = index.worldOf(task);
    const chip = { key: `${task.pid}:${task.startTimeNs}`, task, ...numbers(task), fate };
    const key = index.groupKey(task, world);
    if (key === null || !world) {
      hostChips.push(chip);
      return;
    }
    let group = groups.get(key);
    if (!group) {
      group = { key, world, chips: [], cgroupIds: new Set() };
      groups.set(key, group);
    }
    group.chips.push(chip);
    group.cgroupIds.add(task.cgroup);
  };

  for (const task of snapshot.tasks) {
    if (task.kthread) kernelThreads++;
    else place(task, task.state === "Z" ? "zombie" : "alive");
  }
  for (const { task, oomKilled } of departed) {
    if (!snapshot.tasks.some((alive) => alive.pid === task.pid && alive.startTimeNs === task.startTimeNs)) {
      place(task, oomKilled ? "killed" : "gone");
    }
  }
  return { hostTask, hostChips: byPid(hostChips), kernelThreads, panes: nest([...groups.values()], index) };
}

function numbers(task: Task) {
  return { inside: task.pids.at(-1) ?? task.pid, outside: task.pid };
}

function byPid(chips: readonly GlassChip[]): readonly GlassChip[] {
  return [...chips].sort((a, b) => a.outside - b.outside);
}

/** Puts each group into the one that it kept the most of. */
function nest(groups: readonly Group[], index: SnapshotIndex): readonly GlassPane[] {
  const parents = new Map<Group, Group | null>();
  for (const group of groups) {
    const around = groups
      .filter((other) => other !== group && index.surrounds(other.world, group.world))
      .sort((a, b) => index.distinctCount(b.world) - index.distinctCount(a.world));
    parents.set(group, around[0] ?? null);
  }
  const childrenOf = (parent: Group | null): readonly GlassPane[] =>
    groups
      .filter((group) => parents.get(group) === parent)
      .sort((a, b) => firstPid(a) - firstPid(b))
      .map((group) => toPane(group, parent, childrenOf(group), index));
  return childrenOf(null);
}

function firstPid(group: Group): number {
  return Math.min(...group.chips.map((chip) => chip.outside));
}

function toPane(group: Group, parent: Group | null, panes: readonly GlassPane[], index: SnapshotIndex): GlassPane {
  const namespaces = Object.fromEntries(
    NAMESPACE_TYPES.map((type) => {
      const inode = group.world[type];
      const relation: Relation = index.isHost(type, inode)
        ? "shared"
        : parent && parent.world[type] === inode
          ? "inherited"
          : "own";
      return [type, { inode, relation }];
    }),
  ) as GlassPane["namespaces"];
  const own = NAMESPACE_TYPES.filter((type) => namespaces[type].relation === "own");
  const userMap = own.includes("user") ? index.namespace(group.world.user)?.uidMap?.[0] : undefined;
  const cgroup = index.commonCgroup(group.cgroupIds);
  const around = parent ? index.commonCgroup(parent.cgroupIds) : null;
  return {
    key: group.key,
    cgroup: cgroup && cgroup.id !== around?.id ? cgroup : null,
    hostname: own.includes("uts") ? (index.namespace(group.world.uts)?.hostname ?? null) : null,
    namespaces,
    own,
    uidMap: userMap ? { inside: userMap.inside, outside: userMap.outside } : null,
    chips: byPid(group.chips),
    panes,
  };
}
