import { useCallback, useRef, useState } from "react";

const OVERSCAN_ROWS = 12;

export interface RowWindow {
  readonly first: number;
  /** One past the last. */
  readonly end: number;
}

/** Which rows of a long list lie in its scrolled view; all rows are equally high. `reveal` scrolls one there that does not. */
export function useRowWindow(count: number, rowPx: number) {
  const [height, setHeight] = useState(600);
  const [top, setTop] = useState(0);
  const list = useRef<HTMLElement | null>(null);
  const attach = useCallback((element: HTMLElement | null) => {
    list.current = element;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => setHeight(entry?.contentRect.height ?? 0));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const first = Math.max(0, Math.min(Math.floor(top / rowPx), count) - OVERSCAN_ROWS);
  const end = Math.min(count, Math.ceil((top + height) / rowPx) + OVERSCAN_ROWS);
  const onScroll = (event: { currentTarget: HTMLElement }) => setTop(event.currentTarget.scrollTop);
  const reveal = useCallback(
    (index: number) => {
      const element = list.current;
      if (!element || element.contains(document.activeElement)) return;
      const [from, to] = [element.scrollTop, element.scrollTop + element.clientHeight];
      // A head that sticks may take up to two rows of it.
      const isSeen = index * rowPx >= from && (index + 3) * rowPx <= to;
      if (!isSeen) element.scrollTo({ top: (index + 1) * rowPx - element.clientHeight / 2 });
    },
    [rowPx],
  );
  return { attach, onScroll, reveal, window: { first, end } satisfies RowWindow };
}
