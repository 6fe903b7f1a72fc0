"use client";

import { type CSSProperties, useState } from "react";
import { type KernelSnapshot, NAMESPACE_TYPES, type Task } from "../../../lib/protocol/kernel-snapshot.ts";
import { containerOf } from "../../../lib/stores/names-store.ts";
import { useText } from "../../text/text-context.tsx";
import { cleanGuestText } from "../../ui/guest-text.tsx";
import { useNames, useSelection } from "../../workbench/session-context.tsx";
import { Pick } from "../details/pick.tsx";
import { namespaceColour } from "../glass/namespace-style.ts";
import styles from "./isolation.module.css";

/** Any two processes: which of the eight namespaces they share, and what that means for them. */
export function CompareView({ snapshot }: { readonly snapshot: KernelSnapshot }) {
  const text = useText();
  const selected = useSelection((state) => state.selected);
  const [picked, setPicked] = useState<readonly [number | null, number | null]>([null, null]);
  const tasks = snapshot.tasks.filter((task) => !task.kthread && task.state !== "Z");
  const find = (pid: number | null) => tasks.find((task) => task.pid === pid);
  const a = find(picked[0]) ?? find(1) ?? tasks[0];
  const chosen = selected?.kind === "task" && selected.pid !== a?.pid ? find(selected.pid) : undefined;
  const b = find(picked[1]) ?? chosen ?? mostApart(tasks, a);
  if (!a || !b) return null;
  const shared = NAMESPACE_TYPES.filter((type) => a.namespaces[type] === b.namespaces[type]).length;
  return (
    <div className={styles.compare}>
      <div className={styles.pair}>
        <Chooser
          label={text.isolation.first}
          tasks={tasks}
          value={a}
          onChange={(pid) => setPicked([pid, picked[1]])}
          snapshot={snapshot}
        />
        <Chooser
          label={text.isolation.second}
          tasks={tasks}
          value={b}
          onChange={(pid) => setPicked([picked[0], pid])}
          snapshot={snapshot}
        />
      </div>
      <p className={styles.verdict} role="status">
        {text.isolation.compare(shared, NAMESPACE_TYPES.length - shared)}
      </p>
      <ul className={styles.verdicts}>
        {NAMESPACE_TYPES.map((type) => {
          const [left, right] = [a.namespaces[type], b.namespaces[type]];
          const same = left === right;
          return (
            <li key={type} data-same={same || undefined} style={{ "--c": namespaceColour(type) } as CSSProperties}>
              <h3>{text.isolation.types[type]}</h3>
              <p className={styles.ids}>
                {left !== null && <Pick selection={{ kind: "namespace", type, inode: left }}>{left}</Pick>}
                <span aria-hidden="true">{same ? "=" : "≠"}</span>
                {right !== null && <Pick selection={{ kind: "namespace", type, inode: right }}>{right}</Pick>}
              </p>
              <p className={styles.means}>{text.isolation.meaning[type][same ? "shared" : "apart"]}</p>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** The newest of those who share the least with it. */
function mostApart(tasks: readonly Task[], a: Task | undefined): Task | undefined {
  const apart = (task: Task) => NAMESPACE_TYPES.filter((type) => task.namespaces[type] !== a?.namespaces[type]).length;
  return tasks
    .filter((task) => task.pid !== a?.pid)
    .reduce<Task | undefined>((best, task) => (best && apart(best) > apart(task) ? best : task), undefined);
}

interface ChooserProps {
  readonly label: string;
  readonly tasks: readonly Task[];
  readonly value: Task;
  readonly snapshot: KernelSnapshot;
  readonly onChange: (pid: number) => void;
}

function Chooser({ label, tasks, value, snapshot, onChange }: ChooserProps) {
  const names = useNames();
  const paths = new Map(snapshot.cgroups.map(({ id, path }) => [id, path]));
  return (
    <select aria-label={label} value={value.pid} onChange={(event) => onChange(Number(event.target.value))}>
      {tasks.map((task) => {
        const container = containerOf(paths.get(task.cgroup) ?? "", names)?.name;
        return (
          <option key={task.pid} value={task.pid}>
            {task.pid} {cleanGuestText(task.comm, 15)}
            {container && ` · ${cleanGuestText(container, 24)}`}
          </option>
        );
      })}
    </select>
  );
}
