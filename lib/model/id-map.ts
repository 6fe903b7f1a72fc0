/** User ids through a user namespace's maps (user_namespaces(7)): the kernel keeps ids as the initial namespace counts them. */
import type { IdMapExtent, KernelSnapshot, Task } from "../protocol/kernel-snapshot.ts";

/** The id that a process in the namespace sees; null where the map has none (it then sees the overflow id, 65534). */
export function insideId(map: readonly IdMapExtent[] | null, outside: number): number | null {
  if (map === null) return outside;
  const extent = map.find((entry) => outside >= entry.outside && outside < entry.outside + entry.count);
  return extent ? extent.inside + (outside - extent.outside) : null;
}

/** The process's user as its own user namespace has it. In the initial one that is the same number. */
export function insideUid(snapshot: KernelSnapshot, task: Task): number | null {
  const inode = task.namespaces.user;
  const namespace = snapshot.namespaces.find((entry) => entry.type === "user" && entry.inode === inode);
  return namespace && namespace.level !== 0 ? insideId(namespace.uidMap, task.uid) : task.uid;
}
