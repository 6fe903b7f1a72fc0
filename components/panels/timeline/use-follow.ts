import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

const FOLLOW_PX = 40;

/**
 * Stays at the newest mark until the visitor scrolls away from it. Sizes come from observers and scroll events only:
 * asking an element for them after each snapshot would make the browser lay the page out on the spot.
 */
export function useFollow(width: number, held: boolean) {
  const scroll = useRef<HTMLElement | null>(null);
  const lastLeft = useRef(0);
  const [viewWidth, setViewWidth] = useState(1_500);
  const [scrolledTo, setScrolledTo] = useState(0);
  const [wants, setFollowing] = useState(true);
  const following = wants && !held;

  const attach = useCallback((element: HTMLElement | null) => {
    scroll.current = element;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => setViewWidth(entry?.contentRect.width ?? 0));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // A track that a filter has made shorter takes the view to the left with it; that is not the visitor's doing.
  const widthBefore = useRef(width);
  const shortened = useRef(false);
  useLayoutEffect(() => {
    const isShorter = width < widthBefore.current;
    widthBefore.current = width;
    if (!isShorter) return;
    shortened.current = true;
    // Its scroll event comes with the next frame, after the track may have grown again.
    requestAnimationFrame(() => {
      requestAnimationFrame(() => {
        shortened.current = false;
      });
    });
  }, [width]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a wider track or view moves the end.
  useEffect(() => {
    if (!following) return;
    const frame = requestAnimationFrame(() => scroll.current?.scrollTo({ left: 1e7 }));
    return () => cancelAnimationFrame(frame);
  }, [width, viewWidth, following]);

  useEffect(() => {
    if (!following) setScrolledTo(lastLeft.current);
  }, [following]);

  const onScroll = (event: { currentTarget: HTMLElement }) => {
    const { scrollLeft, clientWidth, scrollWidth } = event.currentTarget;
    const before = lastLeft.current;
    lastLeft.current = scrollLeft;
    // New marks move the end away too; only a move to the left is the visitor's wish to stay.
    if (scrollWidth - scrollLeft - clientWidth < FOLLOW_PX) setFollowing(true);
    else if (scrollLeft < before && !shortened.current) setFollowing(false);
    // Whoever follows is at the end, wherever that is: nothing to draw anew for each step of it.
    if (!following || scrollLeft < before) setScrolledTo(scrollLeft);
  };
  /** Brings a place on the track into the view, if it is not there. */
  const reveal = useCallback(
    (x: number) => {
      const left = lastLeft.current;
      if (x < left + FOLLOW_PX || x > left + viewWidth - FOLLOW_PX)
        scroll.current?.scrollTo({ left: x - viewWidth / 2 });
    },
    [viewWidth],
  );
  const left = following ? Math.max(0, width - viewWidth) : scrolledTo;
  return { attach, view: { left, width: viewWidth }, following, follow: () => setFollowing(true), reveal, onScroll };
}
