"use client";

import { type PointerEvent, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import type { TimeState } from "../../lib/stores/time-store.ts";
import { useText } from "../text/text-context.tsx";
import { useKernel, useSession, useTime } from "../workbench/session-context.tsx";
import { EmptyNote } from "./empty-note.tsx";
import { Panel } from "./panel.tsx";
import type { Lane } from "./timeline/describe.ts";
import { FilterBar } from "./timeline/filter-bar.tsx";
import { filterEntries, SHOW_ALL } from "./timeline/filters.ts";
import { MarkDetail } from "./timeline/mark-detail.tsx";
import { MarkList } from "./timeline/mark-list.tsx";
import { MarkView, PauseView } from "./timeline/mark-view.tsx";
import { type PlacedMark, placeMarks } from "./timeline/place-marks.ts";
import { TimeCursor } from "./timeline/time-cursor.tsx";
import { timeScale } from "./timeline/time-scale.ts";
import styles from "./timeline/timeline.module.css";
import { useFollow } from "./timeline/use-follow.ts";

const LANES: readonly Lane[] = ["runtime", "kernel", "cgroup"];
/** Marks this far outside the visible part are not drawn. */
const OVERSCAN_PX = 600;
const NARROW_PX = 520;
/** Room for some lines under the axis. */
const TALL_PX = 300;

const selectCursor = (state: TimeState) => state.cursorNs;
/** To a tenth of a second: the end of the line need not move with each snapshot of an idle guest. */
const selectLatestMs = (state: TimeState) => Math.ceil((state.latestNs ?? 0) / 1e8) * 100;

/** Kernel events and the runtime's steps on one axis of guest time, and the cursor that all panels follow. */
export function TimelinePanel() {
  const text = useText();
  const { seek } = useSession();
  const [filter, setFilter] = useState(SHOW_ALL);
  const [opened, setOpened] = useState<PlacedMark | null>(null);
  const entries = useEntries(filter);
  const latestMs = useDeferredValue(useTime(selectLatestMs));
  const cursorNs = useTime(selectCursor);
  const placement = useMemo(() => placeMarks(entries, text), [entries, text]);
  const scale = useMemo(() => timeScale(placement.anchors, placement.width, latestMs), [placement, latestMs]);
  const { attach, view, following, follow, reveal, onScroll } = useFollow(scale.endX, cursorNs !== null);
  const { shape, measure } = useShape();
  const cursorX = cursorNs === null ? null : scale.xAt(cursorNs / 1e6);

  const wasLive = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the view follows the cursor, not the other way round.
  useEffect(() => {
    if (cursorX !== null) reveal(cursorX);
    else if (!wasLive.current) follow();
    wasLive.current = cursorX === null;
  }, [cursorNs]);

  const near = (item: { x: number; width: number }) =>
    item.x + item.width > view.left - OVERSCAN_PX && item.x < view.left + view.width + OVERSCAN_PX;
  const goLive = () => {
    seek(null);
    follow();
  };
  const seekTo = (event: PointerEvent<HTMLElement>) => {
    if (event.target !== event.currentTarget) return;
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    if (x >= scale.endX) goLive();
    else seek(scale.msAt(x) * 1e6);
  };
  const open = (mark: PlacedMark | null) => {
    setOpened(mark);
    if (mark && cursorNs !== null) seek((mark.entries.at(-1)?.atMs ?? 0) * 1e6);
  };
  return (
    <Panel
      title={text.timeline.title}
      hint={text.timeline.hint}
      aside={
        <div className={styles.tools}>
          <FilterBar filter={filter} onChange={setFilter} />
          {(!following || cursorNs !== null) && (
            <button type="button" className={styles.live} onClick={goLive}>
              {text.timeline.live} →
            </button>
          )}
        </div>
      }
      className={styles.panel}
    >
      {entries.length === 0 && filter === SHOW_ALL ? (
        <EmptyNote>{text.timeline.empty}</EmptyNote>
      ) : (
        <div className={styles.frame} ref={measure} data-shape={shape}>
          {shape !== "axis" && (
            <MarkList marks={placement.marks} opened={opened} onOpen={open} scrubs={shape === "list"} />
          )}
          <ul className={styles.lanes} aria-hidden="true">
            {LANES.map((lane) => (
              <li key={lane}>{text.timeline.lanes[lane]}</li>
            ))}
          </ul>
          <section
            ref={attach}
            className={styles.scroll}
            aria-label={text.timeline.region}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region must be reachable by keyboard.
            tabIndex={0}
            onScroll={onScroll}
          >
            <div className={styles.track} style={{ width: scale.endX + 64 }}>
              <ol className={styles.marks} onPointerUp={seekTo}>
                {placement.pauses.filter(near).map((pause) => (
                  <PauseView key={`pause ${pause.key}`} pause={pause} />
                ))}
                {placement.marks.filter(near).map((mark) => (
                  <MarkView
                    key={mark.key}
                    mark={mark}
                    opened={opened?.key === mark.key}
                    ahead={cursorX !== null && mark.x > cursorX}
                    onOpen={open}
                  />
                ))}
              </ol>
              <TimeCursor entries={entries} scale={scale} />
            </div>
          </section>
          {opened && <MarkDetail mark={opened} onClose={() => setOpened(null)} />}
          {!opened && shape === "both" && <p className={styles.pick}>{text.timeline.pick}</p>}
        </div>
      )}
    </Panel>
  );
}

/** An axis; a list where there is too little width for one; both where the panel is enlarged. */
type Shape = "axis" | "list" | "both";

function useShape() {
  const [shape, setShape] = useState<Shape>("axis");
  const measure = useCallback((element: HTMLElement | null) => {
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry?.contentRect ?? { width: NARROW_PX, height: 0 };
      setShape(width < NARROW_PX ? "list" : height < TALL_PX ? "axis" : "both");
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { shape, measure };
}

function useEntries(filter: typeof SHOW_ALL) {
  const entries = useDeferredValue(useStore(useSession().timeline, (state) => state.entries));
  const cgroups = useKernel((state) => (filter.container === null ? null : state.snapshot?.cgroups));
  return useMemo(
    () => filterEntries(entries, filter, new Map(cgroups?.map(({ id, path }) => [id, path]))),
    [entries, filter, cgroups],
  );
}
