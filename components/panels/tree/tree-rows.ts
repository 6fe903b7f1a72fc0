import { type ProcessNode, processTree } from "../../../lib/model/tree.ts";
import type { Task } from "../../../lib/protocol/kernel-snapshot.ts";

export interface TreeRow {
  readonly task: Task;
  readonly depth: number;
}

export interface TreeOptions {
  readonly filter: string;
  readonly kernelThreads: boolean;
}

/** The tree as a list. A process that is filtered out leaves its children at its place; a found one stands alone. */
export function treeRows(tasks: readonly Task[], { filter, kernelThreads }: TreeOptions): readonly TreeRow[] {
  const needle = filter.trim().toLowerCase();
  const rows: TreeRow[] = [];
  const visit = ({ task, children }: ProcessNode, depth: number): void => {
    const shown = (kernelThreads || !task.kthread) && matches(task, needle);
    if (shown) rows.push({ task, depth });
    for (const child of children) visit(child, shown && needle === "" ? depth + 1 : depth);
  };
  for (const root of processTree(tasks)) visit(root, 0);
  return rows;
}

function matches(task: Task, needle: string): boolean {
  if (needle === "") return true;
  return task.comm.toLowerCase().includes(needle) || task.pids.some((pid) => String(pid) === needle);
}
