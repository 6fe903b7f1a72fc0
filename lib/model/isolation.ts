/**
 * Who shares which namespace: rows (processes or containers) by the eight types. Each distinct namespace of a type has
 * a colour group: 0 is the host's, the others keep their number for as long as one `NamespaceGroups` lives, so a
 * colour does not move to another namespace when one before it goes.
 */
import { type KernelSnapshot, NAMESPACE_TYPES, type NamespaceType, type Task } from "../protocol/kernel-snapshot.ts";

export type NamespaceSet = Task["namespaces"];

export interface IsolationSubject {
  readonly key: string;
  readonly namespaces: NamespaceSet;
}

export interface IsolationCell {
  readonly inode: number | null;
  /** Colour group: 0 the host's namespace, 1 and up the others, null where there is none (a zombie). */
  readonly group: number | null;
}

export interface IsolationRow {
  readonly key: string;
  readonly cells: Readonly<Record<NamespaceType, IsolationCell>>;
  /** How many of the eight are not the host's. */
  readonly isolated: number;
}

/** The namespaces of the host's world: those of init, PID 1. Null before there is one. */
export function hostNamespaces(snapshot: KernelSnapshot): NamespaceSet | null {
  return snapshot.tasks.find((task) => task.pid === 1)?.namespaces ?? null;
}

/** Hands out the lowest free number per type to each inode; call `retain` to give back those of gone namespaces. */
export class NamespaceGroups {
  private readonly numbers = new Map<NamespaceType, Map<number, number>>(
    NAMESPACE_TYPES.map((type) => [type, new Map()]),
  );

  of(type: NamespaceType, inode: number): number {
    const known = this.numbers.get(type) ?? new Map<number, number>();
    const number = known.get(inode);
    if (number !== undefined) return number;
    const taken = new Set(known.values());
    let free = 1;
    while (taken.has(free)) free++;
    known.set(inode, free);
    return free;
  }

  retain(snapshot: KernelSnapshot): void {
    const alive = new Set(snapshot.namespaces.map(({ type, inode }) => `${type} ${inode}`));
    for (const [type, known] of this.numbers)
      for (const inode of known.keys()) if (!alive.has(`${type} ${inode}`)) known.delete(inode);
  }
}

export function isolationMatrix(
  subjects: readonly IsolationSubject[],
  host: NamespaceSet | null,
  groups: NamespaceGroups = new NamespaceGroups(),
): readonly IsolationRow[] {
  const cellOf = (type: NamespaceType, inode: number | null): IsolationCell => {
    if (inode === null) return { inode, group: null };
    return { inode, group: inode === host?.[type] ? 0 : groups.of(type, inode) };
  };
  return subjects.map(({ key, namespaces }) => {
    const cells = Object.fromEntries(NAMESPACE_TYPES.map((type) => [type, cellOf(type, namespaces[type])])) as Record<
      NamespaceType,
      IsolationCell
    >;
    return { key, cells, isolated: NAMESPACE_TYPES.filter((type) => (cells[type].group ?? 0) > 0).length };
  });
}

/** What two processes share and what they do not; a type that one of them has let go of is in neither list. */
export function compareIsolation(
  a: NamespaceSet,
  b: NamespaceSet,
): { readonly shared: readonly NamespaceType[]; readonly separate: readonly NamespaceType[] } {
  const held = NAMESPACE_TYPES.filter((type) => a[type] !== null && b[type] !== null);
  return {
    shared: held.filter((type) => a[type] === b[type]),
    separate: held.filter((type) => a[type] !== b[type]),
  };
}
