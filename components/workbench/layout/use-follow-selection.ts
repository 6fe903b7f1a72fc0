import { useEffect, useRef } from "react";
import { useSession } from "../session-context.tsx";
import { slotOf } from "./arrangement.ts";
import type { LayoutActions } from "./layout-context.tsx";

/**
 * Whoever selects something wants to know about it: the details come to the front, and what was in front before comes
 * back when nothing is selected any more. Only where the two share a place with the cgroups, which follow a selection
 * themselves; an arrangement that the visitor made is left alone.
 */
export function useFollowSelection(layout: LayoutActions): void {
  const { selection } = useSession();
  const current = useRef(layout);
  current.current = layout;
  useEffect(() => {
    let brought = false;
    return selection.subscribe(({ selected }, before) => {
      if (selected === before.selected) return;
      const { arrangement, show } = current.current;
      const { front } = arrangement[slotOf(arrangement, "details")];
      if (selected && selected.kind !== "cgroup" && front === "cgroup") {
        brought = true;
        show("details");
      } else if (brought && front === "details" && (selected === null || selected.kind === "cgroup")) {
        brought = false;
        show("cgroup");
      }
    });
  }, [selection]);
}
