"use client";

import { type CSSProperties, memo } from "react";
import type { Task, Thread } from "../../../lib/protocol/kernel-snapshot.ts";
import { type Selection, sameSelection, toggleSelection } from "../../../lib/stores/selection-store.ts";
import { useText } from "../../text/text-context.tsx";
import { formatBytes, formatPercent } from "../../ui/format.ts";
import { GuestText } from "../../ui/guest-text.tsx";
import { useHistory, useSelection, useSession } from "../../workbench/session-context.tsx";
import { Sourced } from "../sourced.tsx";
import { cpuSource, idsSource, pidSource, rssSource, stateSource, threadSource } from "../value-sources.ts";
import styles from "./tree.module.css";

interface RowProps {
  /** Place among all rows, drawn or not; the head is 1. */
  readonly index: number;
  readonly task: Task;
  readonly depth: number;
  /** A further thread of the task: only what a thread has of its own is shown. */
  readonly thread: Thread | null;
  /** The user as its own user namespace has it; null where the map has none. */
  readonly inner: number | null;
  readonly container: string | null;
  /** In the cgroup or namespace that is selected. */
  readonly related: boolean;
}

export const TreeRowView = memo(function TreeRowView(props: RowProps) {
  return props.thread ? <ThreadRow {...props} thread={props.thread} /> : <ProcessRow {...props} />;
}, sameRow);

function ThreadRow({ index, task, depth, thread }: RowProps & { readonly thread: Thread }) {
  const text = useText();
  return (
    <tr aria-rowindex={index} data-thread>
      <th scope="row" style={{ "--depth": Math.min(depth, 12) } as CSSProperties}>
        <span className={styles.comm}>
          <GuestText text={thread.comm} max={15} />
        </span>
      </th>
      <td className={styles.number}>
        <Sourced source={threadSource(task, thread.tid)}>{thread.tid}</Sourced>
      </td>
      <td>{text.tree.thread}</td>
      <td className={styles.state} data-state={thread.state}>
        <abbr title={text.tree.states[thread.state]}>{thread.state}</abbr>
      </td>
      <td colSpan={4} />
    </tr>
  );
}

function ProcessRow({ index, task, depth, inner: innerUid, container, related }: RowProps) {
  const text = useText();
  const { selection } = useSession();
  const own: Selection = { kind: "task", pid: task.pid, startTimeNs: task.startTimeNs };
  const selected = useSelection((state) => sameSelection(state.selected, own));
  const cpu = useHistory((state) => state.taskRates.get(task.pid)?.cpuPercent ?? 0);
  const inner = task.pids.slice(1);
  const rss = task.rssBytes === null ? null : formatBytes(task.rssBytes);
  const uids = innerUid === task.uid ? String(task.uid) : text.details.idsInOut(innerUid ?? 65_534, task.uid);
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
        <Sourced source={idsSource(task, uids)}>
          {innerUid !== task.uid && (
            <span className={styles.innerUid} title={uids}>
              {innerUid ?? 65_534}{" "}
            </span>
          )}
          {task.uid}
        </Sourced>
      </td>
      <td className={styles.number}>
        {cpu >= 0.05 && <Sourced source={cpuSource(task, `${formatPercent(cpu)} %`)}>{formatPercent(cpu)} %</Sourced>}
      </td>
      <td className={styles.number}>{rss && <Sourced source={rssSource(task, rss)}>{rss}</Sourced>}</td>
      <td className={styles.container}>{container !== null && <GuestText text={container} max={24} />}</td>
    </tr>
  );
}

function sameRow(a: RowProps, b: RowProps): boolean {
  const [x, y] = [a.task, b.task];
  return (
    a.index === b.index &&
    a.depth === b.depth &&
    a.container === b.container &&
    a.related === b.related &&
    a.inner === b.inner &&
    a.thread?.tid === b.thread?.tid &&
    a.thread?.state === b.thread?.state &&
    x.pid === y.pid &&
    x.startTimeNs === y.startTimeNs &&
    x.comm === y.comm &&
    x.state === y.state &&
    x.uid === y.uid &&
    x.rssBytes === y.rssBytes &&
    (x.pids === y.pids || x.pids.join() === y.pids.join())
  );
}
