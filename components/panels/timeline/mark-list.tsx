"use client";

import { memo } from "react";
import type { TimeState } from "../../../lib/stores/time-store.ts";
import { useText } from "../../text/text-context.tsx";
import { formatAgo } from "../../ui/format.ts";
import { useSession, useTime } from "../../workbench/session-context.tsx";
import { EmptyNote } from "../empty-note.tsx";
import type { PlacedMark } from "./place-marks.ts";
import styles from "./timeline.module.css";

/** Enough for a thumb; older ones are reached by moving the cursor back. */
const MAX_LINES = 150;

const selectTime = (state: TimeState) => state;

interface ListProps {
  readonly marks: readonly PlacedMark[];
  readonly opened: PlacedMark | null;
  readonly onOpen: (mark: PlacedMark | null) => void;
  /** With a slider for the moment that is shown: where there is no width for an axis. */
  readonly scrubs: boolean;
}

/** The timeline as lines, newest first. */
export function MarkList({ marks, opened, onOpen, scrubs }: ListProps) {
  const text = useText();
  const { seek } = useSession();
  const { cursorNs, oldestNs, latestNs } = useTime(selectTime);
  const latestMs = (latestNs ?? 0) / 1e6;
  const atMs = cursorNs === null ? latestMs : cursorNs / 1e6;
  const ago = formatAgo(latestMs - atMs);
  const shown = marks.filter(({ entries }) => cursorNs === null || (entries[0]?.atMs ?? 0) <= atMs).slice(-MAX_LINES);
  return (
    <div className={styles.listView}>
      {scrubs && (
        <label className={styles.scrub}>
          <span className="visually-hidden">{text.timeline.cursor}</span>
          <input
            type="range"
            min={Math.round((oldestNs ?? 0) / 1e6)}
            max={Math.round(latestMs)}
            value={Math.round(atMs)}
            aria-valuetext={cursorNs === null ? text.boot.ready : text.timeline.ago(ago)}
            onChange={({ target: { value, max } }) => seek(Number(value) >= Number(max) ? null : Number(value) * 1e6)}
          />
          <span data-past={cursorNs !== null || undefined}>
            {cursorNs === null ? text.boot.ready : text.timeline.ago(ago)}
          </span>
        </label>
      )}
      {shown.length === 0 && <EmptyNote>{text.timeline.before}</EmptyNote>}
      <ol className={styles.lines}>
        {shown.reverse().map((mark) => (
          <Line
            key={mark.key}
            mark={mark}
            ago={text.timeline.ago(formatAgo(latestMs - (mark.entries[0]?.atMs ?? 0)))}
            opened={opened?.key === mark.key}
            onOpen={onOpen}
          />
        ))}
      </ol>
    </div>
  );
}

interface LineProps {
  readonly mark: PlacedMark;
  readonly ago: string;
  readonly opened: boolean;
  readonly onOpen: ListProps["onOpen"];
}

const Line = memo(
  function Line({ mark, ago, opened, onOpen }: LineProps) {
    const text = useText();
    return (
      <li data-tone={mark.tone}>
        <button type="button" aria-expanded={opened} onClick={() => onOpen(opened ? null : mark)}>
          <small>{text.timeline.lanes[mark.lane]}</small>
          <bdi>{mark.label}</bdi>
          <small>{ago}</small>
        </button>
      </li>
    );
  },
  (a, b) => a.mark.key === b.mark.key && a.mark.label === b.mark.label && a.ago === b.ago && a.opened === b.opened,
);
