/**
 * The process tree as the initial PID namespace has it. Children stand in PID order; a process whose parent is not in
 * the snapshot is a root, so each task is in the tree exactly once, whatever the parent fields say.
 */
import type { Task } from "../protocol/kernel-snapshot.ts";

export interface ProcessNode {
  readonly task: Task;
  /** 0 for a root. */
  readonly depth: number;
  readonly children: readonly ProcessNode[];
}

export function processTree(tasks: readonly Task[]): readonly ProcessNode[] {
  const sorted = [...tasks].sort((a, b) => a.pid - b.pid);
  const present = new Set(sorted.map((task) => task.pid));
  const childrenOf = new Map<number, Task[]>();
  const roots: Task[] = [];
  for (const task of sorted) {
    if (task.ppid === task.pid || !present.has(task.ppid)) {
      roots.push(task);
      continue;
    }
    const siblings = childrenOf.get(task.ppid);
    if (siblings) siblings.push(task);
    else childrenOf.set(task.ppid, [task]);
  }
  const placed = new Set<number>();
  const grow = (task: Task, depth: number): ProcessNode => {
    placed.add(task.pid);
    const children = (childrenOf.get(task.pid) ?? [])
      .filter((child) => !placed.has(child.pid))
      .map((child) => grow(child, depth + 1));
    return { task, depth, children };
  };
  const grown = roots.map((root) => grow(root, 0));
  // Parents in a ring are reachable from no root.
  for (const task of sorted) if (!placed.has(task.pid)) grown.push(grow(task, 0));
  return grown;
}

/** Preorder, as a list shows it; the descendants of a PID in `collapsed` are left out. */
export function visibleNodes(roots: readonly ProcessNode[], collapsed: ReadonlySet<number> = new Set()): ProcessNode[] {
  const visible: ProcessNode[] = [];
  const visit = (node: ProcessNode): void => {
    visible.push(node);
    if (!collapsed.has(node.task.pid)) node.children.forEach(visit);
  };
  roots.forEach(visit);
  return visible;
}
