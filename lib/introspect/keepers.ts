/**
 * What keeps each namespace alive, gathered from all that refers to one: processes, threads that have left their process's
 * namespaces, namespaces for children to come, bind mounts and open files of nsfs, child namespaces and those owned.
 *
 * Claims are written down first and made into records only where they differ from those of the snapshot before: processes come and
 * go all the time, and mostly keep alive what others keep alive too.
 *
 * Order: last, when tasks, namespaces and mounts have been read; `begin`, all claims, `settle`, then `of`.
 */
import type { NamespaceKeepers } from "../protocol/kernel-namespace.ts";
import { NAMESPACE_TYPES, type Namespace, type Task } from "../protocol/kernel-snapshot.ts";

const MAX_LISTED = 64;

type Mutable = {
  -readonly [Key in keyof NamespaceKeepers]: NamespaceKeepers[Key] extends readonly (infer Item)[]
    ? Item[]
    : NamespaceKeepers[Key];
};
type ListKey = Exclude<keyof NamespaceKeepers, "inhabited">;
type Claim = readonly [inode: number, key: ListKey, item: NamespaceKeepers[ListKey][number]];

const NOTHING: NamespaceKeepers = {
  inhabited: false,
  threads: [],
  forChildren: [],
  mounts: [],
  fds: [],
  children: [],
  owned: [],
};
const LISTS = ["threads", "forChildren", "mounts", "fds", "children", "owned"] as const satisfies readonly ListKey[];

export class KeeperCollector {
  private records = new Map<number, Mutable>();
  private former = new Map<number, NamespaceKeepers>();
  /** Records of namespaces that processes are in, each once. */
  private inhabited = new Set<Task["namespaces"]>();
  private formerInhabited = new Set<Task["namespaces"]>();
  private claims: Claim[] = [];
  private formerClaims: Claim[] = [];

  begin(): void {
    [this.claims, this.formerClaims] = [this.formerClaims, this.claims];
    [this.inhabited, this.formerInhabited] = [this.formerInhabited, this.inhabited];
    this.claims.length = 0;
    this.inhabited.clear();
  }

  add<Key extends ListKey>(inode: number, key: Key, item: NamespaceKeepers[Key][number]): void {
    this.claims.push([inode, key, item]);
  }

  addTasks(tasks: readonly Task[]): void {
    let last: Task["namespaces"] | null = null;
    for (const { pid, namespaces, pidForChildren } of tasks) {
      if (namespaces !== last) this.inhabited.add(namespaces);
      last = namespaces;
      if (pidForChildren !== null && pidForChildren !== namespaces.pid) this.add(pidForChildren, "forChildren", pid);
    }
  }

  addNamespaces(namespaces: readonly Omit<Namespace, "keepers">[]): void {
    for (const { type, inode, parent, owner } of namespaces) {
      if (parent !== null) this.add(parent, "children", inode);
      if (owner !== null && type !== "user") this.add(owner, "owned", inode);
    }
  }

  /** After all claims; whether they differ from those of the snapshot before. */
  settle(): boolean {
    if (sameClaims(this.claims, this.formerClaims) && sameSet(this.inhabited, this.formerInhabited)) return false;
    const records = new Map<number, Mutable>();
    for (const set of this.inhabited)
      for (const type of NAMESPACE_TYPES) {
        const inode = set[type];
        if (inode !== null) recordIn(records, inode).inhabited = true;
      }
    for (const [inode, key, item] of this.claims) {
      const list = recordIn(records, inode)[key] as NamespaceKeepers[ListKey][number][];
      if (list.length < MAX_LISTED) list.push(item);
    }
    this.records = records;
    this.former = new Map([...this.former].filter(([inode]) => records.has(inode)));
    return true;
  }

  /** The former record where it says the same. */
  of(inode: number): NamespaceKeepers {
    const now: NamespaceKeepers = this.records.get(inode) ?? NOTHING;
    const former = this.former.get(inode);
    if (former && sameKeepers(former, now)) return former;
    this.former.set(inode, now);
    return now;
  }
}

function recordIn(records: Map<number, Mutable>, inode: number): Mutable {
  let record = records.get(inode);
  if (!record) {
    record = { inhabited: false, threads: [], forChildren: [], mounts: [], fds: [], children: [], owned: [] };
    records.set(inode, record);
  }
  return record;
}

function sameKeepers(a: NamespaceKeepers, b: NamespaceKeepers): boolean {
  return a === b || (a.inhabited === b.inhabited && LISTS.every((key) => sameList(a[key], b[key])));
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

function sameClaims(a: readonly Claim[], b: readonly Claim[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    const [one, other] = [a[index], b[index]];
    if (one?.[0] !== other?.[0] || one?.[1] !== other?.[1] || !sameItem(one?.[2] ?? 0, other?.[2])) return false;
  }
  return true;
}

function sameSet<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean {
  if (a.size !== b.size) return false;
  for (const item of a) if (!b.has(item)) return false;
  return true;
}
