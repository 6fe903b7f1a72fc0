import { type ProcessNode, processTree } from "../../../lib/model/tree.ts";
import type { Task, Thread } from "../../../lib/protocol/kernel-snapshot.ts";

export interface TreeRow {
  readonly task: Task;
  readonly depth: number;
  /** A further thread of the process; null for the process itself. */
  readonly thread: Thread | null;
}

export interface TreeOptions {
  readonly filter: string;
  readonly kernelThreads: boolean;
  /** Whether a process with several threads shows the others below it. */
  readonly threads?: boolean;
}

/** The tree as a list. A process that is filtered out leaves its children at its place; a found one stands alone. */
export function treeRows(
  tasks: readonly Task[],
  { filter, kernelThreads, threads = false }: TreeOptions,
): readonly TreeRow[] {
  const needle = filter.trim().toLowerCase();
  const rows: TreeRow[] = [];
  const visit = ({ task, children }: ProcessNode, depth: number): void => {
    const shown = (kernelThreads || !task.kthread) && matches(task, needle);
    if (shown) rows.push({ task, depth, thread: null });
    if (shown && threads)
      for (const thread of task.threadList ?? [])
        if (thread.tid !== task.pid) rows.push({ task, depth: depth + 1, thread });
    for (const child of children) visit(child, shown && needle === "" ? depth + 1 : depth);
  };
  for (const root of processTree(tasks)) visit(root, 0);
  return rows;
}

function matches(task: Task, needle: string): boolean {
  if (needle === "") return true;
  return task.comm.toLowerCase().includes(needle) || task.pids.some((pid) => String(pid) === needle);
}
