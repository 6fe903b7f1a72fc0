import {
  hostNamespaces,
  type IsolationCell,
  isolationMatrix,
  type NamespaceGroups,
} from "../../../lib/model/isolation.ts";
import {
  type KernelSnapshot,
  NAMESPACE_TYPES,
  type NamespaceType,
  type Task,
} from "../../../lib/protocol/kernel-snapshot.ts";

export interface IsolationGroup {
  readonly task: Task;
  /** Further processes with the same eight namespaces. */
  readonly more: readonly Task[];
  /** Of the group that `task` is in; empty where it is gone. */
  readonly cgroupPath: string;
  readonly cells: Readonly<Record<NamespaceType, IsolationCell>>;
}

/**
 * One row for each set of eight namespaces, in the order of their first PID, so the host's comes first. Zombies have
 * let go of theirs and kernel threads all have the host's: neither gets a row.
 */
export function isolationGroups(snapshot: KernelSnapshot, colours: NamespaceGroups): readonly IsolationGroup[] {
  const sets = new Map<string, Task[]>();
  for (const task of [...snapshot.tasks].sort((a, b) => a.pid - b.pid)) {
    if (task.kthread || task.state === "Z") continue;
    const key = NAMESPACE_TYPES.map((type) => task.namespaces[type]).join();
    const members = sets.get(key);
    if (members) members.push(task);
    else sets.set(key, [task]);
  }
  const groups = [...sets.values()].flatMap(([task, ...more]) => (task ? [{ task, more }] : []));
  const subjects = groups.map(({ task }) => ({ key: String(task.pid), namespaces: task.namespaces }));
  const paths = new Map(snapshot.cgroups.map(({ id, path }) => [id, path]));
  colours.retain(snapshot);
  return isolationMatrix(subjects, hostNamespaces(snapshot), colours).flatMap(({ cells }, index) => {
    const group = groups[index];
    return group ? [{ ...group, cgroupPath: paths.get(group.task.cgroup) ?? "", cells }] : [];
  });
}

/** 1 -> A, 2 -> B, ... 27 -> AA: a second sign beside the colour. */
export function letter(group: number): string {
  let rest = group;
  let letters = "";
  while (rest > 0) {
    rest--;
    letters = String.fromCharCode(65 + (rest % 26)) + letters;
    rest = Math.floor(rest / 26);
  }
  return letters;
}
