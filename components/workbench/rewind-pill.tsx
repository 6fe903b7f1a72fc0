"use client";

import { useEffect } from "react";
import type { TimeState } from "../../lib/stores/time-store.ts";
import { useText } from "../text/text-context.tsx";
import { formatAgo } from "../ui/format.ts";
import styles from "./header.module.css";
import { useSession, useTime } from "./session-context.tsx";

const selectAgo = ({ cursorNs, latestNs }: TimeState) =>
  cursorNs === null ? null : Math.round(((latestNs ?? cursorNs) - cursorNs) / 1e8) * 100;

/** While the panels show the past: how far back, and the way to now. Escape goes there too, except from a terminal. */
export function RewindPill() {
  const text = useText();
  const { seek } = useSession();
  const agoMs = useTime(selectAgo);
  const past = agoMs !== null;

  useEffect(() => {
    if (!past) return;
    const onKey = (event: KeyboardEvent) => {
      const inTerminal = event.target instanceof Element && event.target.closest(".xterm") !== null;
      if (event.key === "Escape" && !inTerminal && !event.defaultPrevented) seek(null);
    };
    document.addEventListener("keydown", onKey);
    document.documentElement.dataset.past = "";
    return () => {
      document.removeEventListener("keydown", onKey);
      delete document.documentElement.dataset.past;
    };
  }, [past, seek]);

  if (agoMs === null) return null;
  return (
    <button type="button" className={styles.pill} data-tone="past" onClick={() => seek(null)} title={text.rewind.back}>
      {text.rewind.pill(text.timeline.ago(formatAgo(agoMs)))}
      <span className={styles.back}>{text.rewind.back} ↵</span>
    </button>
  );
}
