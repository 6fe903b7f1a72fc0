"use client";

import { type CSSProperties, type KeyboardEvent, type PointerEvent, useMemo } from "react";
import type { TimeState } from "../../../lib/stores/time-store.ts";
import type { TimelineEntry } from "../../../lib/stores/timeline-store.ts";
import { useText } from "../../text/text-context.tsx";
import { formatAgo, formatSeconds } from "../../ui/format.ts";
import { useSession, useTime } from "../../workbench/session-context.tsx";
import { describe } from "./describe.ts";
import type { TimeScale } from "./time-scale.ts";
import styles from "./timeline.module.css";

const selectCursor = (state: TimeState) => state.cursorNs;
const selectOldest = (state: TimeState) => state.oldestNs;
const selectLatest = (state: TimeState) => state.latestNs;
/** Shift and an arrow move by this much. */
const STRIDE_MS = 1_000;

interface CursorProps {
  readonly entries: readonly TimelineEntry[];
  readonly scale: TimeScale;
}

/** The moment that all panels show: a line over the lanes with a handle. At the end of the line it is live. */
export function TimeCursor({ entries, scale }: CursorProps) {
  const text = useText();
  const { seek } = useSession();
  const cursorNs = useTime(selectCursor);
  const oldestMs = (useTime(selectOldest) ?? 0) / 1e6;
  const latestMs = (useTime(selectLatest) ?? 0) / 1e6;
  const atMs = cursorNs === null ? latestMs : cursorNs / 1e6;
  const times = useMemo(() => [...new Set(entries.map((entry) => entry.atMs))], [entries]);

  const seekMs = (ms: number) => seek(ms >= latestMs ? null : ms * 1e6);
  const onKeyDown = (event: KeyboardEvent) => {
    const target = keyTarget(event, { atMs, oldestMs, latestMs, times });
    if (target === null) return;
    event.preventDefault();
    seekMs(target);
  };
  const drag = (event: PointerEvent<HTMLElement>) => {
    const track = event.currentTarget.parentElement;
    if (!event.currentTarget.hasPointerCapture(event.pointerId) || !track) return;
    const x = event.clientX - track.getBoundingClientRect().left;
    seekMs(x >= scale.endX ? latestMs : scale.msAt(x));
  };
  const ago = formatAgo(latestMs - atMs);
  return (
    <div
      className={styles.cursor}
      style={{ "--x": `${cursorNs === null ? scale.endX : scale.xAt(atMs)}px` } as CSSProperties}
      data-past={cursorNs !== null || undefined}
      role="slider"
      tabIndex={0}
      aria-label={text.timeline.cursor}
      aria-valuemin={Math.round(oldestMs)}
      aria-valuemax={Math.round(latestMs)}
      aria-valuenow={Math.round(atMs)}
      aria-valuetext={cursorNs === null ? text.boot.ready : spoken(entries, atMs, text, ago)}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
    >
      <span className={styles.handle} aria-hidden="true">
        {cursorNs === null ? text.boot.ready : text.timeline.ago(ago)}
      </span>
    </div>
  );
}

function spoken(entries: readonly TimelineEntry[], atMs: number, text: ReturnType<typeof useText>, ago: string) {
  const last = entries.findLast((entry) => entry.atMs <= atMs);
  const what = last ? `, ${describe(last, text).label}` : "";
  return `${text.timeline.ago(ago)}${what} (${formatSeconds(atMs)} s)`;
}

interface KeyContext {
  readonly atMs: number;
  readonly oldestMs: number;
  readonly latestMs: number;
  /** When entries happened, in order. */
  readonly times: readonly number[];
}

/** Arrows go from entry to entry, Home to the oldest moment, End to live. */
export function keyTarget(
  { key, shiftKey }: Pick<KeyboardEvent, "key" | "shiftKey">,
  { atMs, oldestMs, latestMs, times }: KeyContext,
): number | null {
  switch (key) {
    case "ArrowLeft":
      return Math.max(oldestMs, shiftKey ? atMs - STRIDE_MS : (times.findLast((ms) => ms < atMs) ?? oldestMs));
    case "ArrowRight":
      return shiftKey ? atMs + STRIDE_MS : (times.find((ms) => ms > atMs) ?? latestMs);
    case "PageUp":
      return Math.max(oldestMs, atMs - 10 * STRIDE_MS);
    case "PageDown":
      return atMs + 10 * STRIDE_MS;
    case "Home":
      return oldestMs;
    case "End":
    case "Escape":
      return latestMs;
    default:
      return null;
  }
}
