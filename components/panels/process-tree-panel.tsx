"use client";

import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { insideUid } from "../../lib/model/id-map.ts";
import { relatedTo } from "../../lib/model/related.ts";
import type { KernelSnapshot } from "../../lib/protocol/kernel-snapshot.ts";
import type { KernelState } from "../../lib/stores/kernel-store.ts";
import { containerOf } from "../../lib/stores/names-store.ts";
import type { SelectionState } from "../../lib/stores/selection-store.ts";
import { useText } from "../text/text-context.tsx";
import { useKernel, useNames, useSelection } from "../workbench/session-context.tsx";
import { EmptyNote } from "./empty-note.tsx";
import { Panel } from "./panel.tsx";
import styles from "./tree/tree.module.css";
import { TreeRowView } from "./tree/tree-row.tsx";
import { type TreeRow, treeRows } from "./tree/tree-rows.ts";
import { type RowWindow, useRowWindow } from "./tree/use-row-window.ts";

/** As in tree.module.css. */
const ROW_PX = 20;

/** Fixed widths: a table that measures its cells does so for all rows, whenever one changes. */
const COLUMNS = [
  ["command", 28],
  ["pid", 8],
  ["inner", 11],
  ["state", 7],
  ["user", 9],
  ["cpu", 10],
  ["rss", 14],
  ["container", 13],
] as const;

const selectSnapshot = (state: KernelState) => state.snapshot;
const selectSelected = (state: SelectionState) => state.selected;

/** Every process with all the PIDs that it has, outermost namespace first. */
export function ProcessTreePanel() {
  const text = useText();
  const snapshot = useDeferredValue(useKernel(selectSnapshot));
  const [filter, setFilter] = useState("");
  const [kernelThreads, setKernelThreads] = useState(false);
  const [threads, setThreads] = useState(false);
  const rows = useMemo(
    () => (snapshot ? treeRows(snapshot.tasks, { filter, kernelThreads, threads }) : []),
    [snapshot, filter, kernelThreads, threads],
  );
  const { attach, onScroll, reveal, window } = useRowWindow(rows.length, ROW_PX);
  const selected = useSelection(selectSelected);
  // biome-ignore lint/correctness/useExhaustiveDependencies: something is selected; that processes come and go is no reason to scroll.
  useEffect(() => {
    const at = selected?.kind === "task" ? rows.findIndex(({ task }) => task.pid === selected.pid) : -1;
    if (at >= 0) reveal(at);
  }, [selected]);
  return (
    <Panel
      title={text.tree.title}
      className={styles.panel}
      aside={
        <div className={styles.tools}>
          <label className={styles.check}>
            <input type="checkbox" checked={threads} onChange={(event) => setThreads(event.target.checked)} />
            {text.details.threads}
          </label>
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
      <div className={styles.scroll} ref={attach} onScroll={onScroll}>
        <table className={styles.table} aria-rowcount={rows.length + 1}>
          <caption className="visually-hidden">{text.tree.caption}</caption>
          <colgroup>
            {COLUMNS.map(([column, percent]) => (
              <col key={column} style={{ width: `${percent}%` }} />
            ))}
          </colgroup>
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
          <tbody>{snapshot && <Rows rows={rows} snapshot={snapshot} window={window} />}</tbody>
        </table>
        {snapshot && rows.length === 0 && <EmptyNote>{text.tree.none}</EmptyNote>}
      </div>
    </Panel>
  );
}

interface RowsProps {
  readonly rows: readonly TreeRow[];
  readonly snapshot: KernelSnapshot;
  readonly window: RowWindow;
}

function Rows({ rows, snapshot, window: { first, end } }: RowsProps) {
  const names = useNames();
  const selected = useSelection(selectSelected);
  const related = relatedTo(snapshot, selected).tasks;
  const paths = useMemo(() => new Map(snapshot.cgroups.map((cgroup) => [cgroup.id, cgroup.path])), [snapshot]);
  return (
    <>
      {first > 0 && <Spacer rows={first} />}
      {rows.slice(first, end).map(({ task, depth, thread }, index) => (
        <TreeRowView
          key={`${task.pid}:${task.startTimeNs}:${thread?.tid ?? ""}`}
          thread={thread}
          index={first + index + 2}
          task={task}
          depth={depth}
          container={containerOf(paths.get(task.cgroup) ?? "", names)?.name ?? null}
          related={related.has(task.pid)}
          inner={insideUid(snapshot, task)}
        />
      ))}
      {end < rows.length && <Spacer rows={rows.length - end} />}
    </>
  );
}

/** Holds the place of rows that are out of sight. */
function Spacer({ rows }: { readonly rows: number }) {
  // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: a gap is no row of the table.
  return <tr role="presentation" style={{ height: rows * ROW_PX }} />;
}
