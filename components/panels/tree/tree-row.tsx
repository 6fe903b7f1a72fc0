"use client";

import { type CSSProperties, memo } from "react";
import type { Task } from "../../../lib/protocol/kernel-snapshot.ts";
import { type Selection, sameSelection, toggleSelection } from "../../../lib/stores/selection-store.ts";
import { useText } from "../../text/text-context.tsx";
import { formatBytes, formatPercent } from "../../ui/format.ts";
import { GuestText } from "../../ui/guest-text.tsx";
import { useHistory, useSelection, useSession } from "../../workbench/session-context.tsx";
import { Sourced } from "../sourced.tsx";
import { pidSource, rssSource, stateSource, userSource } from "../value-sources.ts";
import styles from "./tree.module.css";

interface RowProps {
  /** Place among all rows, drawn or not; the head is 1. */
  readonly index: number;
  readonly task: Task;
  readonly depth: number;
  readonly container: string | null;
  /** In the cgroup or namespace that is selected. */
  readonly related: boolean;
}

export const TreeRowView = memo(function TreeRowView({ index, task, depth, container, related }: RowProps) {
  const text = useText();
  const { selection } = useSession();
  const own: Selection = { kind: "task", pid: task.pid, startTimeNs: task.startTimeNs };
  const selected = useSelection((state) => sameSelection(state.selected, own));
  const cpu = useHistory((state) => state.taskRates.get(task.pid)?.cpuPercent ?? 0);
  const inner = task.pids.slice(1);
  const rss = task.rssBytes === null ? null : formatBytes(task.rssBytes);
  const state = text.tree.states[task.state];
  return (
    <tr
      aria-rowindex={index}
      aria-selected={selected}
      data-related={related || undefined}
      data-zombie={task.state === "Z" || undefined}
      data-kernel={task.kthread || undefined}
    >
      <th scope="row" style={{ "--depth": Math.min(depth, 12) } as CSSProperties}>
        <button type="button" className={styles.comm} onClick={() => toggleSelection(selection, own)}>
          <GuestText text={task.comm} max={15} />
        </button>
      </th>
      <td className={styles.number}>
        <Sourced source={pidSource(task)}>{task.pid}</Sourced>
      </td>
      <td className={styles.inner}>
        {inner.length > 0 && <Sourced source={pidSource(task)}>{inner.join(" → ")}</Sourced>}
      </td>
      <td className={styles.state} data-state={task.state}>
        <Sourced source={stateSource(task, task.state)}>
          <abbr title={state}>{task.state === "Z" ? text.tree.states.Z : task.state}</abbr>
        </Sourced>
      </td>
      <td className={styles.number}>
        <Sourced source={userSource(task, String(task.uid))}>{task.uid}</Sourced>
      </td>
      <td className={styles.number}>{cpu >= 0.05 ? `${formatPercent(cpu)} %` : ""}</td>
      <td className={styles.number}>{rss && <Sourced source={rssSource(task, rss)}>{rss}</Sourced>}</td>
      <td className={styles.container}>{container !== null && <GuestText text={container} max={24} />}</td>
    </tr>
  );
}, sameRow);

function sameRow(a: RowProps, b: RowProps): boolean {
  const [x, y] = [a.task, b.task];
  return (
    a.index === b.index &&
    a.depth === b.depth &&
    a.container === b.container &&
    a.related === b.related &&
    x.pid === y.pid &&
    x.startTimeNs === y.startTimeNs &&
    x.comm === y.comm &&
    x.state === y.state &&
    x.uid === y.uid &&
    x.rssBytes === y.rssBytes &&
    x.pids.join() === y.pids.join()
  );
}
