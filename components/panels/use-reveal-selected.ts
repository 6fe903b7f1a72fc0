import { type RefObject, useEffect } from "react";
import type { SelectionState } from "../../lib/stores/selection-store.ts";
import { useSelection } from "../workbench/session-context.tsx";

const selectSelected = (state: SelectionState) => state.selected;

/**
 * What was selected in another panel comes into sight in this one, if it is further down or up: the first of its elements that match.
 * A panel in which the visitor is at work stays as it is.
 */
export function useRevealSelected(panel: RefObject<HTMLElement | null>, selector: string): void {
  const selected = useSelection(selectSelected);
  useEffect(() => {
    const element = panel.current;
    if (selected === null || !element || element.contains(document.activeElement)) return;
    element.querySelector(selector)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [selected, panel, selector]);
}
