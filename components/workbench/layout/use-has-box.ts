import { type RefCallback, useCallback, useState } from "react";

/**
 * Whether an element takes part in the layout: it does not where it, or what it stands in, is `display: none`, as a place of the
 * workbench is on a narrow screen, behind an enlarged panel or while it has nothing to show.
 */
export function useHasBox<E extends Element>(): readonly [ref: RefCallback<E>, hasBox: boolean] {
  const [hasBox, setHasBox] = useState(true);
  const ref = useCallback((element: E | null) => {
    if (!element) return;
    const look = () => setHasBox(element.getClientRects().length > 0);
    // Without a box it has the size 0, of which the observer tells only when it becomes another one.
    const observer = new ResizeObserver(look);
    observer.observe(element);
    look();
    return () => observer.disconnect();
  }, []);
  return [ref, hasBox];
}
