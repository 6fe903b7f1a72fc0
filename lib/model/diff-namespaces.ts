/** Namespaces that came and went, what was written into them, what keeps those alive that no process is in. */
import type { KernelEvent } from "../protocol/kernel-event.ts";
import type { KernelSnapshot, Namespace } from "../protocol/kernel-snapshot.ts";

export interface EventStamp {
  readonly atNs: number;
  readonly sequence: number;
}

/** Inode numbers are unique over all types (one ida gives them out). */
export function diffNamespaces(
  previous: KernelSnapshot,
  next: KernelSnapshot,
  stamp: EventStamp,
): { readonly appeared: KernelEvent[]; readonly gone: KernelEvent[] } {
  if (previous.namespaces === next.namespaces) return { appeared: [], gone: [] };
  const before = new Map(previous.namespaces.map((namespace) => [namespace.inode, namespace]));
  const appeared: KernelEvent[] = [];
  const gone: KernelEvent[] = [];
  for (const namespace of next.namespaces) {
    const { type, inode } = namespace;
    const earlier = before.get(inode);
    if (earlier?.type === type) {
      before.delete(inode);
      if (earlier !== namespace) appeared.push(...changes(earlier, namespace, stamp));
    } else {
      appeared.push({ ...stamp, kind: "namespace-new", type, inode });
      appeared.push(...kept(null, namespace, stamp));
    }
  }
  for (const { type, inode } of before.values()) gone.push({ ...stamp, kind: "namespace-gone", type, inode });
  return { appeared, gone };
}

function changes(earlier: Namespace, later: Namespace, stamp: EventStamp): KernelEvent[] {
  const { inode } = later;
  const events: KernelEvent[] = [];
  for (const kind of ["hostname", "domainname"] as const) {
    const [from, to] = [earlier[kind], later[kind]];
    if (from !== to && from !== null && to !== null) events.push({ ...stamp, kind, inode, from, to });
  }
  for (const [file, key] of [
    ["uid_map", "uidMap"],
    ["gid_map", "gidMap"],
  ] as const) {
    const map = mapText(later[key]);
    if (map !== mapText(earlier[key])) events.push({ ...stamp, kind: "id-map", inode, file, map });
  }
  if (earlier.ipc !== later.ipc) events.push(...ipcChanges(earlier, later, stamp));
  if (earlier.keepers !== later.keepers) events.push(...kept(earlier, later, stamp));
  return events;
}

const mapText = (map: Namespace["uidMap"]): string =>
  (map ?? []).map(({ inside, outside, count }) => `${inside} ${outside} ${count}`).join(", ");

function ipcChanges(earlier: Namespace, later: Namespace, stamp: EventStamp): KernelEvent[] {
  const objects = ({ ipc }: Namespace): ReadonlySet<string> =>
    new Set([
      ...(ipc?.messageQueues ?? []).map(({ id }) => `queue\t${id}`),
      ...(ipc?.semaphores ?? []).map(({ id }) => `semaphore\t${id}`),
      ...(ipc?.sharedMemory ?? []).map(({ id }) => `shared memory\t${id}`),
      ...(ipc?.posixQueues ?? []).map(({ name }) => `POSIX queue\t${name}`),
    ]);
  const [before, after] = [objects(earlier), objects(later)];
  const tell = (key: string, made: boolean): KernelEvent => {
    const [object, id] = key.split("\t") as [Extract<KernelEvent, { kind: "ipc" }>["object"], string];
    return { ...stamp, kind: "ipc", inode: later.inode, object, id, made };
  };
  return [
    ...[...after].filter((key) => !before.has(key)).map((key) => tell(key, true)),
    ...[...before].filter((key) => !after.has(key)).map((key) => tell(key, false)),
  ];
}

/** Bind mounts and open files that came or went. */
function kept(earlier: Namespace | null, later: Namespace, stamp: EventStamp): KernelEvent[] {
  const places = (namespace: Namespace | null): ReadonlyMap<string, "mount" | "fd"> =>
    new Map([
      ...(namespace?.keepers.mounts ?? []).map(({ mountPoint }) => [mountPoint, "mount"] as const),
      ...(namespace?.keepers.fds ?? []).map(({ pid, fd }) => [`/proc/${pid}/fd/${fd}`, "fd"] as const),
    ]);
  const [before, after] = [places(earlier), places(later)];
  const { type, inode } = later;
  const tell = ([where, by]: readonly [string, "mount" | "fd"], isKept: boolean): KernelEvent => ({
    ...stamp,
    kind: "namespace-kept",
    type,
    inode,
    by,
    where,
    kept: isKept,
  });
  return [
    ...[...after].filter(([where]) => !before.has(where)).map((place) => tell(place, true)),
    ...[...before].filter(([where]) => !after.has(where)).map((place) => tell(place, false)),
  ];
}
