"use client";

import type { CSSProperties, ReactNode } from "react";
import type { NamespaceType } from "../../../lib/protocol/kernel-snapshot.ts";
import { type Selection, sameSelection, toggleSelection } from "../../../lib/stores/selection-store.ts";
import { useSelection, useSession } from "../../workbench/session-context.tsx";
import { namespaceColour } from "../glass/namespace-style.ts";
import styles from "./details.module.css";

interface PickProps {
  readonly selection: Selection;
  readonly children: ReactNode;
  readonly tint?: NamespaceType;
}

/** Names another thing of the kernel and selects it. */
export function Pick({ selection, children, tint }: PickProps) {
  const session = useSession();
  const selected = useSelection((state) => sameSelection(state.selected, selection));
  return (
    <button
      type="button"
      className={styles.pick}
      style={tint && ({ "--c": namespaceColour(tint) } as CSSProperties)}
      aria-pressed={selected}
      onClick={() => toggleSelection(session.selection, selection)}
    >
      {children}
    </button>
  );
}
