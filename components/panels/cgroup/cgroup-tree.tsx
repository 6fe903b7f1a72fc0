"use client";

import { type CSSProperties, memo, useCallback, useEffect, useRef } from "react";
import { relatedTo } from "../../../lib/model/related.ts";
import type { Cgroup, KernelSnapshot } from "../../../lib/protocol/kernel-snapshot.ts";
import { containerOf } from "../../../lib/stores/names-store.ts";
import { toggleSelection } from "../../../lib/stores/selection-store.ts";
import { useText } from "../../text/text-context.tsx";
import { formatBytes } from "../../ui/format.ts";
import { GuestText } from "../../ui/guest-text.tsx";
import { useNames, useSelection, useSession } from "../../workbench/session-context.tsx";
import { useRowWindow } from "../tree/use-row-window.ts";
import styles from "./cgroup.module.css";

/** As in cgroup.module.css. */
const ROW_PX = 21;

interface TreeProps {
  readonly snapshot: KernelSnapshot;
  readonly shown: Cgroup;
}

/** All control groups, with what each holds of its memory limit. */
export function CgroupTree({ snapshot, shown }: TreeProps) {
  const text = useText();
  const names = useNames();
  const selected = useSelection((state) => state.selected);
  const { cgroups } = snapshot;
  const { attach, onScroll, window } = useRowWindow(cgroups.length, ROW_PX);
  const scroll = useRef<HTMLDivElement | null>(null);
  const attachBoth = useCallback(
    (element: HTMLDivElement | null) => {
      scroll.current = element;
      return attach(element);
    },
    [attach],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: another group is shown; that groups come and go is no reason to scroll.
  useEffect(() => {
    const at = cgroups.findIndex(({ id }) => id === shown.id);
    scroll.current?.scrollTo({ top: (at - 1) * ROW_PX });
  }, [shown.id]);

  const lit = relatedTo(snapshot, selected).cgroups;
  return (
    <div className={styles.tree} ref={attachBoth} onScroll={onScroll}>
      <ul aria-label={text.cgroup.choose} style={{ height: cgroups.length * ROW_PX }}>
        {cgroups.slice(window.first, window.end).map((cgroup, index) => (
          <Row
            key={cgroup.id}
            cgroup={cgroup}
            at={window.first + index}
            name={containerOf(cgroup.path, names)?.name ?? null}
            shown={cgroup.id === shown.id}
            lit={lit.has(cgroup.id)}
          />
        ))}
      </ul>
    </div>
  );
}

interface RowProps {
  readonly cgroup: Cgroup;
  readonly at: number;
  readonly name: string | null;
  readonly shown: boolean;
  readonly lit: boolean;
}

const Row = memo(function Row({ cgroup, at, name, shown, lit }: RowProps) {
  const text = useText();
  const { selection } = useSession();
  const { memory, path } = cgroup;
  const depth = path === "/" ? 0 : path.split("/").length - 1;
  const isContainer = name !== null && depth === 2;
  const share = memory && memory.max !== "max" ? memory.current / Math.max(1, memory.max) : null;
  const short = cgroup.name.replace(/[0-9a-f]{64}/g, (id) => id.slice(0, 12));
  return (
    <li style={{ "--y": `${at * ROW_PX}px` } as CSSProperties}>
      <button
        type="button"
        style={{ "--depth": Math.min(depth, 8) } as CSSProperties}
        aria-current={shown ? "true" : undefined}
        data-lit={lit || undefined}
        onClick={() => toggleSelection(selection, { kind: "cgroup", id: cgroup.id })}
      >
        <span className={styles.groupName}>
          {isContainer && (
            <b>
              <GuestText text={name} max={24} />{" "}
            </b>
          )}
          <span data-dim={isContainer || undefined}>
            <GuestText text={depth === 0 ? "/" : short} max={32} />
          </span>
        </span>
        {cgroup.frozen && <em data-tone="frozen">{text.glass.frozen}</em>}
        {(memory?.events.oom_kill ?? 0) > 0 && <em data-tone="struck">OOM</em>}
        {cgroup.procs > 0 && <small>{cgroup.procs}</small>}
        <span className={styles.miniature}>
          {memory && formatBytes(memory.current)}
          {share !== null && (
            <i
              style={{ "--share": Math.min(1, share).toFixed(3) } as CSSProperties}
              data-full={share > 0.9 || undefined}
            />
          )}
        </span>
      </button>
    </li>
  );
});
