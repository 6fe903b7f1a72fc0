"use client";

import { type PointerEvent, type ReactNode, useEffect, useRef } from "react";
import type { ValueSource } from "../../lib/stores/selection-store.ts";
import { useSelection, useSession } from "../workbench/session-context.tsx";
import { isSourceHomeShown } from "./source-home.ts";
import styles from "./sourced.module.css";

/** Longer than a pointer takes that only passes on its way, to the card's button for instance. */
const DWELL_MS = 250;

const keyOf = (source: ValueSource | null) => (source ? `${source.name} ${source.command}` : "");

/** A value that can say where it comes from; the source card shows it, and keeps showing the current value. */
export function Sourced({ source, children }: { readonly source: ValueSource; readonly children: ReactNode }) {
  const { selection } = useSession();
  const active = useSelection((state) => keyOf(state.source) === keyOf(source));
  const { value } = source;

  // biome-ignore lint/correctness/useExhaustiveDependencies: only a changed value is news to the card.
  useEffect(() => {
    if (active) selection.setState({ source });
  }, [active, value]);

  const dwell = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(dwell.current), []);

  const show = () => selection.setState({ source });
  const leave = () => clearTimeout(dwell.current);
  const enter = ({ pointerType }: PointerEvent) => {
    leave();
    if (pointerType === "mouse" && isSourceHomeShown()) dwell.current = setTimeout(show, DWELL_MS);
  };
  return (
    <button
      type="button"
      className={styles.value}
      data-active={active || undefined}
      onClick={show}
      onFocus={show}
      onPointerEnter={enter}
      onPointerLeave={leave}
    >
      {children}
    </button>
  );
}
