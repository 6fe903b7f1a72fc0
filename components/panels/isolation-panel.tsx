"use client";

import { type CSSProperties, memo, useDeferredValue, useMemo, useRef, useState } from "react";
import { type IsolationCell, NamespaceGroups } from "../../lib/model/isolation.ts";
import { NAMESPACE_TYPES, type NamespaceType } from "../../lib/protocol/kernel-snapshot.ts";
import type { KernelState } from "../../lib/stores/kernel-store.ts";
import { containerOf } from "../../lib/stores/names-store.ts";
import { type Selection, sameSelection, toggleSelection } from "../../lib/stores/selection-store.ts";
import { useText } from "../text/text-context.tsx";
import { GuestText } from "../ui/guest-text.tsx";
import { useKernel, useNames, useSelection, useSession } from "../workbench/session-context.tsx";
import { COLUMN_NAMES, namespaceColour } from "./glass/namespace-style.ts";
import { CompareView } from "./isolation/compare-view.tsx";
import styles from "./isolation/isolation.module.css";
import { type IsolationGroup, isolationGroups, letter } from "./isolation/isolation-rows.ts";
import { Panel } from "./panel.tsx";
import { useNamespaceMark } from "./use-namespace-mark.ts";
import { useRevealSelected } from "./use-reveal-selected.ts";

const selectSnapshot = (state: KernelState) => state.snapshot;

export function IsolationPanel() {
  const text = useText();
  const snapshot = useDeferredValue(useKernel(selectSnapshot));
  const [colours] = useState(() => new NamespaceGroups());
  const [comparing, setComparing] = useState(false);
  const rows = useMemo(() => (snapshot ? isolationGroups(snapshot, colours) : []), [snapshot, colours]);
  const scroll = useRef<HTMLDivElement>(null);
  useRevealSelected(scroll, 'tr[aria-selected="true"], [aria-pressed="true"]');
  return (
    <Panel
      title={text.isolation.title}
      aside={
        <button
          type="button"
          className={styles.mode}
          aria-pressed={comparing}
          onClick={() => setComparing((before) => !before)}
        >
          {text.isolation.comparing}
        </button>
      }
      className={styles.panel}
    >
      {comparing && snapshot && <CompareView snapshot={snapshot} />}
      <div className={styles.scroll} hidden={comparing} ref={scroll}>
        <table className={styles.table}>
          <caption className="visually-hidden">{text.isolation.caption}</caption>
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">{text.isolation.process}</span>
              </th>
              {NAMESPACE_TYPES.map((type) => (
                <th key={type} scope="col" abbr={text.isolation.types[type]}>
                  {COLUMN_NAMES[type]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={`${row.task.pid}:${row.task.startTimeNs}`} row={row} />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

const Row = memo(function Row({ row }: { readonly row: IsolationGroup }) {
  const text = useText();
  const { selection } = useSession();
  const { task, more, cgroupPath } = row;
  const container = containerOf(cgroupPath, useNames());
  const own: Selection = { kind: "task", pid: task.pid, startTimeNs: task.startTimeNs };
  const selected = useSelection(({ selected: current }) =>
    [task, ...more].some(({ pid, startTimeNs }) => sameSelection(current, { kind: "task", pid, startTimeNs })),
  );
  return (
    <tr aria-selected={selected}>
      <th scope="row">
        <button type="button" className={styles.name} onClick={() => toggleSelection(selection, own)}>
          <GuestText text={task.comm} max={15} /> <small>{task.pid}</small>
          {container && (
            <small className={styles.container}>
              <GuestText text={container.name} max={24} />
            </small>
          )}
          {more.length > 0 && (
            <small className={styles.more} title={text.isolation.more(more.length)}>
              +{more.length}
            </small>
          )}
        </button>
      </th>
      {NAMESPACE_TYPES.map((type) => (
        <td key={type}>
          <CellButton type={type} cell={row.cells[type]} pid={task.pid} />
        </td>
      ))}
    </tr>
  );
}, sameRow);

function sameRow({ row: a }: { row: IsolationGroup }, { row: b }: { row: IsolationGroup }): boolean {
  return (
    a.task.pid === b.task.pid &&
    a.task.startTimeNs === b.task.startTimeNs &&
    a.task.comm === b.task.comm &&
    a.cgroupPath === b.cgroupPath &&
    a.more.length === b.more.length &&
    a.more.every((task, index) => task.pid === b.more[index]?.pid) &&
    NAMESPACE_TYPES.every(
      (type) => a.cells[type].inode === b.cells[type].inode && a.cells[type].group === b.cells[type].group,
    )
  );
}

interface CellProps {
  readonly type: NamespaceType;
  readonly cell: IsolationCell;
  readonly pid: number;
}

function CellButton({ type, cell: { inode, group }, pid }: CellProps) {
  const text = useText();
  const { selected, lit, pick } = useNamespaceMark(type, inode, pid);
  const meaning = group === null ? text.isolation.none : group === 0 ? text.isolation.host : `${type}:[${inode}]`;
  const label = `${text.isolation.types[type]}: ${meaning}`;
  const style = { "--c": namespaceColour(type), "--shade": `${14 + ((group ?? 0) % 4) * 14}%` } as CSSProperties;
  return (
    <button
      type="button"
      className={styles.cell}
      style={style}
      data-host={group === 0 || undefined}
      data-none={group === null || undefined}
      data-lit={lit || undefined}
      aria-pressed={selected}
      aria-label={label}
      title={label}
      onClick={pick}
    >
      {group !== null && group > 0 ? letter(group) : ""}
    </button>
  );
}
