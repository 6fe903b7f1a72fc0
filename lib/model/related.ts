/**
 * What belongs together: the selected thing's processes, namespaces, cgroups, mounts and devices, so that every panel
 * lights the same. Worked out once a snapshot and selection, whoever asks.
 */
import { type KernelSnapshot, NAMESPACE_TYPES, type NamespaceType, type Task } from "../protocol/kernel-snapshot.ts";

/** The one thing that is lit on all panels. */
export type Selection =
  | { readonly kind: "task"; readonly pid: number; readonly startTimeNs: number }
  | { readonly kind: "cgroup"; readonly id: number }
  | { readonly kind: "namespace"; readonly type: NamespaceType; readonly inode: number }
  | { readonly kind: "mount"; readonly namespace: number; readonly id: number }
  | { readonly kind: "device"; readonly namespace: number; readonly ifindex: number };

export interface Related {
  readonly tasks: ReadonlySet<number>;
  readonly namespaces: ReadonlySet<number>;
  readonly cgroups: ReadonlySet<number>;
  readonly mounts: ReadonlySet<string>;
  readonly devices: ReadonlySet<string>;
}

export const mountKey = ({ namespace, id }: { readonly namespace: number; readonly id: number }) =>
  `${namespace} ${id}`;
export const deviceKey = (device: { readonly namespace: number; readonly ifindex: number }) =>
  `${device.namespace} ${device.ifindex}`;

const NONE: Related = {
  tasks: new Set(),
  namespaces: new Set(),
  cgroups: new Set(),
  mounts: new Set(),
  devices: new Set(),
};

const cache = new WeakMap<KernelSnapshot, WeakMap<Selection, Related>>();

export function relatedTo(snapshot: KernelSnapshot | null, selection: Selection | null): Related {
  if (!snapshot || !selection) return NONE;
  let known = cache.get(snapshot);
  if (!known) {
    known = new WeakMap();
    cache.set(snapshot, known);
  }
  let related = known.get(selection);
  if (!related) {
    related = find(snapshot, selection);
    known.set(selection, related);
  }
  return related;
}

function find(snapshot: KernelSnapshot, selection: Selection): Related {
  switch (selection.kind) {
    case "task": {
      const task = snapshot.tasks.find(({ pid }) => pid === selection.pid);
      if (!task) return NONE;
      const inodes = NAMESPACE_TYPES.flatMap((type) => task.namespaces[type] ?? []);
      return { ...NONE, namespaces: new Set(inodes), cgroups: new Set([task.cgroup]), ...lyingIn(snapshot, inodes) };
    }
    case "cgroup":
      return {
        ...NONE,
        tasks: pids(snapshot, (task) => task.cgroup === selection.id),
        cgroups: new Set([selection.id]),
      };
    case "namespace": {
      const tasks = snapshot.tasks.filter((task) => task.namespaces[selection.type] === selection.inode);
      return {
        tasks: new Set(tasks.map(({ pid }) => pid)),
        namespaces: new Set([selection.inode]),
        cgroups: new Set(tasks.map(({ cgroup }) => cgroup)),
        ...lyingIn(snapshot, [selection.inode]),
      };
    }
    case "mount":
      return {
        ...NONE,
        tasks: pids(snapshot, (task) => task.namespaces.mnt === selection.namespace),
        namespaces: new Set([selection.namespace]),
        mounts: new Set([mountKey(selection)]),
      };
    case "device": {
      const peer = snapshot.netDevices.find((device) => deviceKey(device) === deviceKey(selection))?.peer;
      return {
        ...NONE,
        tasks: pids(snapshot, (task) => task.namespaces.net === selection.namespace),
        namespaces: new Set([selection.namespace]),
        devices: new Set([deviceKey(selection), ...(peer ? [deviceKey(peer)] : [])]),
      };
    }
  }
}

function pids(snapshot: KernelSnapshot, belongs: (task: Task) => boolean): ReadonlySet<number> {
  return new Set(snapshot.tasks.filter(belongs).map(({ pid }) => pid));
}

function lyingIn(snapshot: KernelSnapshot, inodes: readonly number[]): Pick<Related, "mounts" | "devices"> {
  const within = new Set(inodes);
  return {
    mounts: new Set(snapshot.mounts.filter(({ namespace }) => within.has(namespace)).map(mountKey)),
    devices: new Set(snapshot.netDevices.filter(({ namespace }) => within.has(namespace)).map(deviceKey)),
  };
}
