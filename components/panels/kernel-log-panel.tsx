"use client";

import { memo, useEffect, useRef } from "react";
import { useStore } from "zustand";
import type { LogLine } from "../../lib/stores/log-store.ts";
import { useText } from "../text/text-context.tsx";
import { cleanGuestText } from "../ui/guest-text.tsx";
import { useSession } from "../workbench/session-context.tsx";
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

/** The lines alone, for a place that has a name of its own. */
export function KernelLog() {
  const text = useText();
  const lines = useStore(useSession().log, (state) => state.lines);
  const scroll = useRef<HTMLDivElement>(null);
  const following = useRef(true);

  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines are what moves the end.
  useEffect(() => {
    const element = scroll.current;
    if (element && following.current) element.scrollTop = element.scrollHeight;
  }, [lines]);

  return (
    <section
      ref={scroll}
      className={styles.log}
      aria-label={text.log.title}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region must be reachable by keyboard.
      tabIndex={0}
      onScroll={(event) => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
        following.current = scrollHeight - scrollTop - clientHeight < FOLLOW_PX;
      }}
    >
      {lines.length === 0 ? (
        <EmptyNote>{text.log.empty}</EmptyNote>
      ) : (
        <ol>
          {lines.map((line) => (
            <Line key={line.key} line={line} />
          ))}
        </ol>
      )}
    </section>
  );
}

const Line = memo(function Line({ line }: { readonly line: LogLine }) {
  return (
    <li data-kill={KILL.test(line.text) || undefined}>
      <bdi>{cleanGuestText(line.text, 400)}</bdi>
    </li>
  );
});
