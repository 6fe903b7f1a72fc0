"use client";

import { useText } from "../../text/text-context.tsx";
import { cleanGuestText } from "../../ui/guest-text.tsx";
import { useNames } from "../../workbench/session-context.tsx";
import { ENTRY_KINDS, type EntryKind, type TimelineFilter } from "./filters.ts";
import styles from "./timeline.module.css";

interface FilterBarProps {
  readonly filter: TimelineFilter;
  readonly onChange: (filter: TimelineFilter) => void;
}

/** Which kinds of entries are drawn, and of which container. */
export function FilterBar({ filter, onChange }: FilterBarProps) {
  const text = useText();
  const names = useNames();
  const toggle = (kind: EntryKind) => {
    const hidden = new Set(filter.hidden);
    if (!hidden.delete(kind)) hidden.add(kind);
    onChange({ ...filter, hidden });
  };
  return (
    <fieldset className={styles.filters}>
      <legend className="visually-hidden">{text.timeline.filter}</legend>
      {ENTRY_KINDS.map((kind) => (
        <button
          key={kind}
          type="button"
          data-kind={kind}
          aria-pressed={!filter.hidden.has(kind)}
          onClick={() => toggle(kind)}
        >
          {text.timeline.kinds[kind]}
        </button>
      ))}
      {names.size > 0 && (
        <select
          aria-label={text.timeline.ofContainer}
          value={filter.container ?? ""}
          onChange={({ target: { value } }) => onChange({ ...filter, container: value === "" ? null : value })}
        >
          <option value="">{text.timeline.allContainers}</option>
          {[...names].map(([id, name]) => (
            <option key={id} value={id}>
              {cleanGuestText(name, 24)}
            </option>
          ))}
        </select>
      )}
    </fieldset>
  );
}
