"use client";

import { type CSSProperties, memo, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import { useText } from "../text/text-context.tsx";
import { formatSeconds } from "../ui/format.ts";
import { useSession } from "../workbench/session-context.tsx";
import { EmptyNote } from "./empty-note.tsx";
import { Panel } from "./panel.tsx";
import type { Lane } from "./timeline/describe.ts";
import { MarkDetail } from "./timeline/mark-detail.tsx";
import { type Pause, type PlacedMark, placeMarks } from "./timeline/place-marks.ts";
import styles from "./timeline/timeline.module.css";

const LANES: readonly Lane[] = ["runtime", "kernel", "cgroup"];
/** Marks this far outside the visible part are not drawn. */
const OVERSCAN_PX = 600;
const FOLLOW_PX = 40;

/** Kernel events and the runtime's steps on one axis of guest time. */
export function TimelinePanel() {
  const text = useText();
  const entries = useDeferredValue(useStore(useSession().timeline, (state) => state.entries));
  const placement = useMemo(() => placeMarks(entries, text), [entries, text]);
  const [opened, setOpened] = useState<PlacedMark | null>(null);
  const { attach, view, following, follow, onScroll } = useFollow(placement.width);
  const near = (item: { x: number; width: number }) =>
    item.x + item.width > view.left - OVERSCAN_PX && item.x < view.left + view.width + OVERSCAN_PX;
  return (
    <Panel
      title={text.timeline.title}
      hint={text.timeline.hint}
      aside={
        !following && (
          <button type="button" className={styles.live} onClick={follow}>
            {text.timeline.live} →
          </button>
        )
      }
      className={styles.panel}
    >
      {entries.length === 0 ? (
        <EmptyNote>{text.timeline.empty}</EmptyNote>
      ) : (
        <div className={styles.frame}>
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
            <ol className={styles.track} style={{ width: placement.width + 24 }}>
              {placement.pauses.filter(near).map((pause) => (
                <PauseView key={`pause ${pause.key}`} pause={pause} />
              ))}
              {placement.marks.filter(near).map((mark) => (
                <MarkView key={mark.key} mark={mark} opened={opened?.key === mark.key} onOpen={setOpened} />
              ))}
            </ol>
          </section>
          {opened && <MarkDetail mark={opened} onClose={() => setOpened(null)} />}
        </div>
      )}
    </Panel>
  );
}

/**
 * Stays at the newest mark until the visitor scrolls away from it. Sizes come from observers and scroll events only:
 * asking an element for them after each snapshot would make the browser lay the page out on the spot.
 */
function useFollow(width: number) {
  const scroll = useRef<HTMLElement | null>(null);
  const lastLeft = useRef(0);
  const [viewWidth, setViewWidth] = useState(1_500);
  const [scrolledTo, setScrolledTo] = useState(0);
  const [following, setFollowing] = useState(true);

  const attach = useCallback((element: HTMLElement | null) => {
    scroll.current = element;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => setViewWidth(entry?.contentRect.width ?? 0));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a wider track or view moves the end.
  useEffect(() => {
    if (!following) return;
    const frame = requestAnimationFrame(() => scroll.current?.scrollTo({ left: 1e7 }));
    return () => cancelAnimationFrame(frame);
  }, [width, viewWidth, following]);

  const onScroll = (event: { currentTarget: HTMLElement }) => {
    const { scrollLeft, clientWidth, scrollWidth } = event.currentTarget;
    // New marks move the end away too; only a move to the left is the visitor's wish to stay.
    if (scrollWidth - scrollLeft - clientWidth < FOLLOW_PX) setFollowing(true);
    else if (scrollLeft < lastLeft.current) setFollowing(false);
    lastLeft.current = scrollLeft;
    setScrolledTo(scrollLeft);
  };
  const left = following ? Math.max(0, width - viewWidth) : scrolledTo;
  return { attach, view: { left, width: viewWidth }, following, follow: () => setFollowing(true), onScroll };
}

interface MarkProps {
  readonly mark: PlacedMark;
  readonly opened: boolean;
  readonly onOpen: (mark: PlacedMark | null) => void;
}

const MarkView = memo(
  function MarkView({ mark, opened, onOpen }: MarkProps) {
    return (
      <li
        className={styles.mark}
        data-lane={mark.lane}
        data-tone={mark.tone}
        style={{ "--x": `${mark.x}px`, width: mark.width } as CSSProperties}
      >
        <button type="button" aria-expanded={opened} onClick={() => onOpen(opened ? null : mark)}>
          <bdi>{mark.label}</bdi>
        </button>
      </li>
    );
  },
  (a, b) => a.opened === b.opened && a.mark.x === b.mark.x && a.mark.label === b.mark.label,
);

const PauseView = memo(function PauseView({ pause }: { readonly pause: Pause }) {
  const text = useText();
  return (
    <li className={styles.pause} style={{ "--x": `${pause.x}px`, width: pause.width } as CSSProperties}>
      {text.timeline.gap(formatSeconds(pause.ms))}
    </li>
  );
});
