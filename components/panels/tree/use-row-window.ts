import { useCallback, useState } from "react";

const OVERSCAN_ROWS = 12;

export interface RowWindow {
  readonly first: number;
  /** One past the last. */
  readonly end: number;
}

/** Which rows of a long list lie in its scrolled view; all rows are equally high. */
export function useRowWindow(count: number, rowPx: number) {
  const [height, setHeight] = useState(600);
  const [top, setTop] = useState(0);
  const attach = useCallback((element: HTMLElement | null) => {
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => setHeight(entry?.contentRect.height ?? 0));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const first = Math.max(0, Math.min(Math.floor(top / rowPx), count) - OVERSCAN_ROWS);
  const end = Math.min(count, Math.ceil((top + height) / rowPx) + OVERSCAN_ROWS);
  const onScroll = (event: { currentTarget: HTMLElement }) => setTop(event.currentTarget.scrollTop);
  return { attach, onScroll, window: { first, end } satisfies RowWindow };
}
