"use client";

import { memo, useEffect, useMemo, useRef } from "react";
import { useStore } from "zustand";
import { type KeptLine, logAt } from "../../lib/stores/log-store.ts";
import type { Text } from "../text/ko.ts";
import { useText } from "../text/text-context.tsx";
import { cleanGuestText } from "../ui/guest-text.tsx";
import { useSession, useTime } from "../workbench/session-context.tsx";
import { EmptyNote } from "./empty-note.tsx";
import styles from "./kernel-log.module.css";
import { Panel } from "./panel.tsx";

const KILL = /out of memory|oom-kill|oom_reaper|killed process|panic|BUG:/i;
/** Close enough to the end to be following it. */
const FOLLOW_PX = 24;

export function KernelLogPanel() {
  const text = useText();
  return (
    <Panel title={text.log.title}>
      <KernelLog />
    </Panel>
  );
}

/** The lines alone, for a place that has a name of its own: those printed up to the moment that is shown. */
export function KernelLog() {
  const text = useText();
  const log = useStore(useSession().log);
  const cursorNs = useTime((state) => state.cursorNs);
  const { lines, forgotten } = useMemo(() => logAt(log, cursorNs), [log, cursorNs]);
  const scroll = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const lastTop = useRef(0);

  // New lines move the end; so do a panel that comes into sight, and lines that take more room than was reserved for them.
  useEffect(() => {
    const [element, content] = [scroll.current, scroll.current?.firstElementChild];
    if (!element || !content) return;
    const follow = new ResizeObserver(() => {
      if (following.current) element.scrollTop = element.scrollHeight;
    });
    follow.observe(element);
    follow.observe(content);
    return () => follow.disconnect();
  }, []);

  return (
    <div
      ref={scroll}
      className={styles.log}
      role="log"
      aria-label={text.log.lines}
      aria-live="off"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region must be reachable by keyboard.
      tabIndex={0}
      onScroll={(event) => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
        // Lines that grow as they come into sight move the end away; only a move up is the visitor's wish to stay.
        if (scrollHeight - scrollTop - clientHeight < FOLLOW_PX) following.current = true;
        else if (scrollTop < lastTop.current) following.current = false;
        lastTop.current = scrollTop;
      }}
    >
      <div>
        {lines.length === 0 ? (
          <EmptyNote>{emptyNote(text, forgotten, cursorNs)}</EmptyNote>
        ) : (
          <ol>
            {lines.map((line) => (
              <Line key={line.key} line={line} />
            ))}
          </ol>
        )}
      </div>
    </div>
  );
}

function emptyNote({ log }: Text, forgotten: number, cursorNs: number | null): string {
  if (forgotten > 0) return log.forgotten;
  return cursorNs === null ? log.empty : log.emptyThen;
}

const Line = memo(function Line({ line }: { readonly line: KeptLine }) {
  return (
    <li data-kill={KILL.test(line.text) || undefined}>
      <bdi>{cleanGuestText(line.text, 400)}</bdi>
    </li>
  );
});
