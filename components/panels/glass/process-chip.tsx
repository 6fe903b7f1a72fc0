"use client";

import { memo, type ReactNode, useState } from "react";
import type { Selection } from "../../../lib/stores/selection-store.ts";
import { sameSelection, toggleSelection } from "../../../lib/stores/selection-store.ts";
import { useText } from "../../text/text-context.tsx";
import { GuestText } from "../../ui/guest-text.tsx";
import { useSelection, useSession } from "../../workbench/session-context.tsx";
import styles from "./glass.module.css";
import type { GlassChip } from "./glass-scene.ts";

/** A process: the number it has inside, its name, and small the number that the host knows it by. */
export const ProcessChip = memo(function ProcessChip({ chip }: { readonly chip: GlassChip }) {
  const text = useText();
  const { selection } = useSession();
  const { task, inside, outside, fate } = chip;
  const own: Selection = { kind: "task", pid: task.pid, startTimeNs: task.startTimeNs };
  const selected = useSelection((state) => sameSelection(state.selected, own));
  const mark = fate === "zombie" ? text.glass.zombie : fate === "killed" ? text.glass.killed : null;
  const both = inside !== outside;
  const words = text.glass.chip;
  return (
    <button
      type="button"
      className={styles.chip}
      data-chip={chip.key}
      data-fate={fate}
      data-state={task.state}
      aria-pressed={selected}
      onClick={() => toggleSelection(selection, own)}
    >
      <span className={styles.comm}>
        <GuestText text={task.comm} max={15} />
      </span>
      <b>
        <Spoken>{both ? words.inside : words.pid}</Spoken>
        {inside}
      </b>
      {both && (
        <small>
          <Spoken>{words.between}</Spoken>
          {outside}
          <Spoken>{words.end}</Spoken>
        </small>
      )}
      {mark && <Spoken>{mark}</Spoken>}
    </button>
  );
}, sameChip);

/** Said, not shown: what makes two bare numbers a sentence. */
function Spoken({ children }: { readonly children: ReactNode }) {
  return <span className="visually-hidden">{children}</span>;
}

/** Counters change with every snapshot; a chip shows none of them. */
function sameChip({ chip: a }: { chip: GlassChip }, { chip: b }: { chip: GlassChip }): boolean {
  return (
    a.key === b.key &&
    a.fate === b.fate &&
    a.inside === b.inside &&
    a.task.comm === b.task.comm &&
    a.task.state === b.task.state
  );
}

const MAX_CHIPS = 40;

/** Processes side by side; of very many the first, and the rest when asked for. */
export function ChipRow({ chips, rest = 0, restLabel, max = MAX_CHIPS }: ChipRowProps) {
  const text = useText();
  const [all, setAll] = useState(false);
  const limit = all ? MAX_CHIPS : max;
  const hidden = Math.max(0, chips.length - limit);
  return (
    <ul className={styles.chips}>
      {chips.slice(0, limit).map((chip) => (
        <li key={chip.key}>
          <ProcessChip chip={chip} />
        </li>
      ))}
      {(hidden > 0 || (all && max < MAX_CHIPS)) && (
        <li className={styles.rest}>
          {max < MAX_CHIPS ? (
            <button type="button" aria-expanded={all} onClick={() => setAll((before) => !before)}>
              {all ? text.glass.fewer : text.glass.more(hidden)}
            </button>
          ) : (
            `+${hidden}`
          )}
        </li>
      )}
      {rest > 0 && <li className={styles.rest}>{restLabel}</li>}
    </ul>
  );
}

interface ChipRowProps {
  readonly chips: readonly GlassChip[];
  readonly rest?: number;
  readonly restLabel?: string;
  readonly max?: number;
}
