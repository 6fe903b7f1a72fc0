/**
 * What keeps each namespace alive, gathered from all that refers to one: processes, threads that have left their process's
 * namespaces, namespaces for children to come, bind mounts and open files of nsfs, child namespaces and those owned.
 *
 * Order: last, when tasks, namespaces and mounts have been read.
 */
import type { NamespaceKeepers } from "../protocol/kernel-namespace.ts";
import { NAMESPACE_TYPES, type Namespace, type Task } from "../protocol/kernel-snapshot.ts";

const MAX_LISTED = 64;

type Mutable = {
  -readonly [Key in keyof NamespaceKeepers]: NamespaceKeepers[Key] extends readonly (infer Item)[]
    ? Item[]
    : NamespaceKeepers[Key];
};
type ListKey = Exclude<keyof NamespaceKeepers, "processes">;

const NOTHING: NamespaceKeepers = {
  processes: 0,
  threads: [],
  forChildren: [],
  mounts: [],
  fds: [],
  children: [],
  owned: [],
};
const LISTS = ["threads", "forChildren", "mounts", "fds", "children", "owned"] as const satisfies readonly ListKey[];

export class KeeperCollector {
  private readonly found = new Map<number, Mutable>();
  private former = new Map<number, NamespaceKeepers>();

  begin(): void {
    this.found.clear();
  }

  add<Key extends ListKey>(inode: number, key: Key, item: NamespaceKeepers[Key][number]): void {
    const list = this.at(inode)[key] as NamespaceKeepers[Key][number][];
    if (list.length < MAX_LISTED) list.push(item);
  }

  addTasks(tasks: readonly Task[]): void {
    const counts = new Map<Task["namespaces"], number>();
    for (const task of tasks) {
      counts.set(task.namespaces, (counts.get(task.namespaces) ?? 0) + 1);
      const born = task.pidForChildren;
      if (born !== null && born !== task.namespaces.pid) this.add(born, "forChildren", task.pid);
    }
    for (const [set, count] of counts)
      for (const type of NAMESPACE_TYPES) {
        const inode = set[type];
        if (inode !== null) this.at(inode).processes += count;
      }
  }

  addNamespaces(namespaces: readonly Omit<Namespace, "keepers">[]): void {
    for (const { type, inode, parent, owner } of namespaces) {
      if (parent !== null) this.add(parent, "children", inode);
      if (owner !== null && type !== "user") this.add(owner, "owned", inode);
    }
  }

  /** The former record where it says the same. */
  of(inode: number): NamespaceKeepers {
    const now: NamespaceKeepers = this.found.get(inode) ?? NOTHING;
    const former = this.former.get(inode);
    if (former && sameKeepers(former, now)) return former;
    this.former.set(inode, now);
    return now;
  }

  /** After the last `of`: forgets namespaces that are gone. */
  end(alive: number): void {
    if (this.former.size <= alive + 64) return;
    this.former = new Map([...this.former].filter(([inode]) => this.found.has(inode)));
  }

  private at(inode: number): Mutable {
    let keepers = this.found.get(inode);
    if (!keepers) {
      keepers = { processes: 0, threads: [], forChildren: [], mounts: [], fds: [], children: [], owned: [] };
      this.found.set(inode, keepers);
    }
    return keepers;
  }
}

function sameKeepers(a: NamespaceKeepers, b: NamespaceKeepers): boolean {
  return a.processes === b.processes && LISTS.every((key) => sameList(a[key], b[key]));
}

function sameList(a: readonly (number | object)[], b: readonly (number | object)[]): boolean {
  return a.length === b.length && a.every((item, index) => sameItem(item, b[index]));
}

function sameItem(a: number | object, b: number | object | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object") return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return Object.keys(left).every((key) => left[key] === right[key]);
}
