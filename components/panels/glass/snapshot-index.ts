import {
  type Cgroup,
  type KernelSnapshot,
  NAMESPACE_TYPES,
  type Namespace,
  type NamespaceType,
  type Task,
} from "../../../lib/protocol/kernel-snapshot.ts";

/** The namespaces that a process lives in: inode by type. */
export type World = Readonly<Record<NamespaceType, number | null>>;

/** Answers which world a process belongs to and which world stands inside which. */
export class SnapshotIndex {
  private readonly host: World | null;
  private readonly tasks: ReadonlyMap<number, Task>;
  private readonly cgroups: ReadonlyMap<number, Cgroup>;
  private readonly namespaces: ReadonlyMap<number, Namespace>;
  /** A process that still holds all of its namespaces, by PID namespace. */
  private readonly whole: ReadonlyMap<number | null, Task>;

  constructor(snapshot: KernelSnapshot, host: World | null) {
    this.host = host;
    this.tasks = new Map(snapshot.tasks.map((task) => [task.pid, task]));
    this.cgroups = new Map(snapshot.cgroups.map((cgroup) => [cgroup.id, cgroup]));
    this.namespaces = new Map(snapshot.namespaces.map((namespace) => [namespace.inode, namespace]));
    const whole = snapshot.tasks.filter(holdsAll);
    this.whole = new Map(whole.map((task) => [task.namespaces.pid, task]).reverse() as [number | null, Task][]);
  }

  namespace(inode: number | null): Namespace | undefined {
    return inode === null ? undefined : this.namespaces.get(inode);
  }

  isHost(type: NamespaceType, inode: number | null): boolean {
    return inode === null || !this.host || this.host[type] === inode;
  }

  /** Who is ending has let go of its namespaces, the PID namespace last; it belongs with the others of that one. */
  worldOf(task: Task): World | null {
    if (holdsAll(task)) return task.namespaces;
    const neighbour = task.namespaces.pid === null ? undefined : this.whole.get(task.namespaces.pid);
    return neighbour?.namespaces ?? this.tasks.get(task.ppid)?.namespaces ?? this.host;
  }

  /** null for processes of the host's own world. */
  groupKey(task: Task, world: World | null): string | null {
    if (!world) return null;
    const distinct = NAMESPACE_TYPES.filter((type) => !this.isHost(type, world[type]));
    if (distinct.length > 0) return `ns:${distinct.map((type) => world[type]).join(",")}`;
    const cgroup = this.cgroups.get(task.cgroup);
    return cgroup && cgroup.parent !== null ? `cg:${cgroup.id}` : null;
  }

  distinctCount(world: World): number {
    return NAMESPACE_TYPES.filter((type) => !this.isHost(type, world[type])).length;
  }

  /** Whether `inner` has kept all that sets `outer` apart from the host. */
  surrounds(outer: World, inner: World): boolean {
    const distinct = NAMESPACE_TYPES.filter((type) => !this.isHost(type, outer[type]));
    return (
      distinct.length > 0 &&
      distinct.every((type) => outer[type] === inner[type] || this.isAncestor(outer[type], inner[type]))
    );
  }

  private isAncestor(outer: number | null, inner: number | null): boolean {
    let parent = this.namespace(inner)?.parent ?? null;
    for (let depth = 0; parent !== null && depth < 32; depth++) {
      if (parent === outer) return true;
      parent = this.namespace(parent)?.parent ?? null;
    }
    return false;
  }

  /** The deepest cgroup that holds all of them; null when that is the root. */
  commonCgroup(ids: ReadonlySet<number>): Cgroup | null {
    let common: readonly Cgroup[] | null = null;
    for (const id of ids) {
      const line = this.lineOf(id);
      common = common ? common.filter((cgroup) => line.includes(cgroup)) : line;
    }
    return common?.at(-1) ?? null;
  }

  /** From the group under the root down to the group itself. */
  private lineOf(id: number): readonly Cgroup[] {
    const line: Cgroup[] = [];
    let cgroup = this.cgroups.get(id);
    while (cgroup && cgroup.parent !== null && line.length < 64) {
      line.unshift(cgroup);
      cgroup = this.cgroups.get(cgroup.parent);
    }
    return line;
  }
}

function holdsAll(task: Task): boolean {
  return task.namespaces.mnt !== null && task.namespaces.uts !== null;
}
