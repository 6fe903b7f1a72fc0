"use client";

import { type CSSProperties, memo, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
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
  const { scroll, view, following, follow, onScroll } = useFollow(placement.width);
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
            ref={scroll}
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

/** Stays at the newest mark until the visitor scrolls away from it. */
function useFollow(width: number) {
  const scroll = useRef<HTMLElement>(null);
  const [view, setView] = useState({ left: 0, width: 1_500 });
  const [following, setFollowing] = useState(true);

  useEffect(() => {
    const element = scroll.current;
    if (!element || !following) return;
    element.scrollLeft = width;
    setView({ left: element.scrollLeft, width: element.clientWidth });
  }, [width, following]);

  // On a phone the panel is hidden until it is chosen, and a hidden element keeps no scroll position.
  useEffect(() => {
    const element = scroll.current;
    if (!element || !following) return;
    const observer = new ResizeObserver(() => {
      element.scrollLeft = element.scrollWidth;
      setView({ left: element.scrollLeft, width: element.clientWidth });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [following]);

  const onScroll = (event: { currentTarget: HTMLElement }) => {
    const { scrollLeft, clientWidth, scrollWidth } = event.currentTarget;
    setView({ left: scrollLeft, width: clientWidth });
    setFollowing(scrollWidth - scrollLeft - clientWidth < FOLLOW_PX);
  };
  return { scroll, view, following, follow: () => setFollowing(true), onScroll };
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
