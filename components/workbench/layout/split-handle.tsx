"use client";

import { type KeyboardEvent, type PointerEvent, useEffect } from "react";
import { useText } from "../../text/text-context.tsx";
import { usePreference, writePreference } from "../../ui/preferences.ts";
import styles from "./split-handle.module.css";

const STEP_PX = 24;

/** Each border that can be moved: the size that it sets and how a pointer's place gives it. */
const SPLITS = {
  terminalWidth: { property: "--terminal-width", vertical: true, min: 340, max: 0.6, sizeAt: (x: number) => x },
  sideWidth: { property: "--side-width", vertical: true, min: 240, max: 0.5, sizeAt: (x: number) => innerWidth - x },
  leftHeight: {
    property: "--left-height",
    vertical: false,
    min: 110,
    max: 0.7,
    sizeAt: (y: number, box: DOMRect) => box.bottom - y,
  },
  bottomHeight: {
    property: "--bottom-height",
    vertical: false,
    min: 110,
    max: 0.6,
    sizeAt: (y: number) => innerHeight - y,
  },
} as const;

export type SplitName = keyof typeof SPLITS;

/** Drag it, or move it with the arrow keys; a double click gives the page's own size back. */
export function SplitHandle({ name }: { readonly name: SplitName }) {
  const text = useText();
  const { property, vertical, min, max, sizeAt } = SPLITS[name];
  const stored = usePreference(name);
  useEffect(() => {
    const { style } = document.documentElement;
    if (stored === "") style.removeProperty(property);
    else style.setProperty(property, `${Number(stored)}px`);
  }, [property, stored]);

  const write = (px: number) => {
    const most = (vertical ? innerWidth : innerHeight) * max;
    writePreference(name, String(Math.round(Math.max(min, Math.min(px, most)))));
  };
  const at = (handle: HTMLElement, place: number): number =>
    sizeAt(place, (handle.parentElement ?? handle).getBoundingClientRect());
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const handle = event.currentTarget;
    if (handle.hasPointerCapture(event.pointerId)) write(at(handle, vertical ? event.clientX : event.clientY));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const [back, forth] = vertical ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const step = event.key === forth ? STEP_PX : event.key === back ? -STEP_PX : 0;
    if (step === 0) return;
    event.preventDefault();
    const box = event.currentTarget.getBoundingClientRect();
    write(at(event.currentTarget, (vertical ? box.left + box.width / 2 : box.top + box.height / 2) + step));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: an <hr> cannot be dragged or focused as a splitter is.
    <div
      className={styles.handle}
      data-split={name}
      role="separator"
      aria-orientation={vertical ? "vertical" : "horizontal"}
      aria-label={text.layout.sizes[name]}
      aria-valuemin={min}
      aria-valuenow={stored === "" ? min : Number(stored)}
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onDoubleClick={() => writePreference(name, "")}
      onKeyDown={onKeyDown}
    />
  );
}
