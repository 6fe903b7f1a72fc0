import type { KernelSnapshot, NamespaceType } from "../../lib/protocol/kernel-snapshot.ts";
import { containerOf } from "../../lib/stores/names-store.ts";

/** Whose a namespace is: the host's, a container's by its name, else that of its first process, or what keeps it. */
export type WorldName =
  | { readonly kind: "host" }
  | { readonly kind: "container"; readonly name: string }
  | { readonly kind: "process"; readonly name: string }
  | { readonly kind: "kept"; readonly name: string };

export function worldName(
  snapshot: KernelSnapshot,
  names: ReadonlyMap<string, string>,
  type: NamespaceType,
  inode: number,
): WorldName {
  const members = snapshot.tasks.filter((task) => !task.kthread && task.namespaces[type] === inode);
  if (members.some(({ pid }) => pid === 1)) return { kind: "host" };
  const paths = new Map(snapshot.cgroups.map(({ id, path }) => [id, path]));
  for (const { cgroup } of members) {
    const container = containerOf(paths.get(cgroup) ?? "", names);
    if (container) return { kind: "container", name: container.name };
  }
  const first = members[0];
  if (first) return { kind: "process", name: `${first.comm} ${first.pid}` };
  const keepers = snapshot.namespaces.find((entry) => entry.type === type && entry.inode === inode)?.keepers;
  const fd = keepers?.fds[0];
  return {
    kind: "kept",
    name: keepers?.mounts[0]?.mountPoint ?? (fd ? `/proc/${fd.pid}/fd/${fd.fd}` : `${type}:[${inode}]`),
  };
}
