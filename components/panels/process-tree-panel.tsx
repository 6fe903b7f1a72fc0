"use client";

import { useDeferredValue, useMemo, useState } from "react";
import type { KernelSnapshot, Task } from "../../lib/protocol/kernel-snapshot.ts";
import type { KernelState } from "../../lib/stores/kernel-store.ts";
import { containerOf } from "../../lib/stores/names-store.ts";
import type { Selection, SelectionState } from "../../lib/stores/selection-store.ts";
import { useText } from "../text/text-context.tsx";
import { useKernel, useNames, useSelection } from "../workbench/session-context.tsx";
import { EmptyNote } from "./empty-note.tsx";
import { Panel } from "./panel.tsx";
import styles from "./tree/tree.module.css";
import { TreeRowView } from "./tree/tree-row.tsx";
import { treeRows } from "./tree/tree-rows.ts";

const selectSnapshot = (state: KernelState) => state.snapshot;
const selectSelected = (state: SelectionState) => state.selected;

/** Every process with all the PIDs that it has, outermost namespace first. */
export function ProcessTreePanel() {
  const text = useText();
  const snapshot = useDeferredValue(useKernel(selectSnapshot));
  const [filter, setFilter] = useState("");
  const [kernelThreads, setKernelThreads] = useState(false);
  const rows = useMemo(
    () => (snapshot ? treeRows(snapshot.tasks, { filter, kernelThreads }) : []),
    [snapshot, filter, kernelThreads],
  );
  return (
    <Panel
      title={text.tree.title}
      className={styles.panel}
      aside={
        <div className={styles.tools}>
          <label className={styles.check}>
            <input
              type="checkbox"
              checked={kernelThreads}
              onChange={(event) => setKernelThreads(event.target.checked)}
            />
            {text.tree.kernelThreads}
          </label>
          <input
            type="search"
            className={styles.filter}
            placeholder={text.tree.filter}
            aria-label={text.tree.filter}
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
          />
        </div>
      }
    >
      <div className={styles.scroll}>
        <table className={styles.table}>
          <caption className="visually-hidden">{text.tree.caption}</caption>
          <thead>
            <tr>
              <th scope="col">{text.tree.command}</th>
              <th scope="col" className={styles.number}>
                {text.tree.pid}
              </th>
              <th scope="col">{text.tree.inner}</th>
              <th scope="col">{text.tree.state}</th>
              <th scope="col" className={styles.number}>
                {text.tree.user}
              </th>
              <th scope="col" className={styles.number}>
                {text.tree.cpu}
              </th>
              <th scope="col" className={styles.number}>
                {text.tree.rss}
              </th>
              <th scope="col">{text.tree.container}</th>
            </tr>
          </thead>
          <tbody>{snapshot && <Rows rows={rows} snapshot={snapshot} />}</tbody>
        </table>
        {snapshot && rows.length === 0 && <EmptyNote>{text.tree.none}</EmptyNote>}
      </div>
    </Panel>
  );
}

function Rows({ rows, snapshot }: { readonly rows: ReturnType<typeof treeRows>; readonly snapshot: KernelSnapshot }) {
  const names = useNames();
  const selected = useSelection(selectSelected);
  const paths = useMemo(() => new Map(snapshot.cgroups.map((cgroup) => [cgroup.id, cgroup.path])), [snapshot]);
  return rows.map(({ task, depth }) => (
    <TreeRowView
      key={`${task.pid}:${task.startTimeNs}`}
      task={task}
      depth={depth}
      container={containerOf(paths.get(task.cgroup) ?? "", names)?.name ?? null}
      related={isRelated(task, selected)}
    />
  ));
}

function isRelated(task: Task, selected: Selection | null): boolean {
  if (selected?.kind === "cgroup") return task.cgroup === selected.id;
  if (selected?.kind === "namespace") return task.namespaces[selected.type] === selected.inode;
  return false;
}
