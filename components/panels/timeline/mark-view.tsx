"use client";

import { type CSSProperties, memo } from "react";
import { useText } from "../../text/text-context.tsx";
import { formatSeconds } from "../../ui/format.ts";
import type { Pause, PlacedMark } from "./place-marks.ts";
import styles from "./timeline.module.css";

interface MarkProps {
  readonly mark: PlacedMark;
  readonly opened: boolean;
  /** Later than the moment that is shown. */
  readonly ahead: boolean;
  readonly onOpen: (mark: PlacedMark | null) => void;
}

export const MarkView = memo(
  function MarkView({ mark, opened, ahead, onOpen }: MarkProps) {
    return (
      <li
        className={styles.mark}
        data-lane={mark.lane}
        data-tone={mark.tone}
        data-ahead={ahead || undefined}
        style={{ "--x": `${mark.x}px`, width: mark.width } as CSSProperties}
      >
        <button type="button" aria-expanded={opened} onClick={() => onOpen(opened ? null : mark)}>
          <bdi>{mark.label}</bdi>
        </button>
      </li>
    );
  },
  (a, b) => a.opened === b.opened && a.ahead === b.ahead && a.mark.x === b.mark.x && a.mark.label === b.mark.label,
);

export const PauseView = memo(
  function PauseView({ pause }: { readonly pause: Pause }) {
    const text = useText();
    return (
      <li className={styles.pause} style={{ "--x": `${pause.x}px`, width: pause.width } as CSSProperties}>
        {text.timeline.gap(formatSeconds(pause.ms))}
      </li>
    );
  },
  ({ pause: a }, { pause: b }) => a.x === b.x && a.width === b.width && a.ms === b.ms,
);
