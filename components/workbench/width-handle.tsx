"use client";

import { type KeyboardEvent, type PointerEvent, useEffect } from "react";
import { useText } from "../text/text-context.tsx";
import { usePreference, writePreference } from "../ui/preferences.ts";
import styles from "./width-handle.module.css";

const MIN_PX = 340;
const STEP_PX = 24;

/** The border between terminal and panels: drag it, or move it with the arrow keys. */
export function WidthHandle() {
  const text = useText();
  const width = usePreference("terminalWidth");
  useEffect(() => {
    const root = document.documentElement;
    if (width === "") root.style.removeProperty("--terminal-width");
    else root.style.setProperty("--terminal-width", `${Number(width)}px`);
  }, [width]);

  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) setWidth(event.clientX);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = event.key === "ArrowRight" ? STEP_PX : event.key === "ArrowLeft" ? -STEP_PX : 0;
    if (step === 0) return;
    event.preventDefault();
    setWidth(event.currentTarget.getBoundingClientRect().left + step);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: an <hr> cannot be dragged or focused as a splitter is.
    <div
      className={styles.handle}
      role="separator"
      aria-orientation="vertical"
      aria-label={text.resizer}
      aria-valuemin={MIN_PX}
      aria-valuenow={width === "" ? MIN_PX : Number(width)}
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onDoubleClick={() => writePreference("terminalWidth", "")}
      onKeyDown={onKeyDown}
    />
  );
}

function setWidth(px: number): void {
  writePreference("terminalWidth", String(Math.round(Math.max(MIN_PX, Math.min(px, innerWidth * 0.6)))));
}
