/**
 * Collects what arrives and hands it over at most once a frame: thirty snapshots a second, or a burst of output, cost the page
 * one update a frame. What comes after a calm frame is handed over at once, so that it is drawn with the next one and not
 * with the one after. A hidden page has no frames, so a timer stands behind each frame.
 */
export interface FrameQueue<T> {
  push(item: T): void;
  /** Drops what has not been handed over. */
  clear(): void;
}

const NO_FRAME_MS = 250;
/** Of a screen with 60 of them a second; a faster one is updated that often too. */
const FRAME_MS = 16;

export function createFrameQueue<T>(flush: (items: readonly T[]) => void): FrameQueue<T> {
  let items: T[] = [];
  let cancel: (() => void) | null = null;
  let flushedAtMs = Number.NEGATIVE_INFINITY;

  const run = () => {
    cancel?.();
    cancel = null;
    const batch = items;
    items = [];
    flushedAtMs = performance.now();
    flush(batch);
  };

  const schedule = () => {
    const timer = setTimeout(run, NO_FRAME_MS);
    const frame = typeof requestAnimationFrame === "function" ? requestAnimationFrame(run) : null;
    cancel = () => {
      clearTimeout(timer);
      if (frame !== null) cancelAnimationFrame(frame);
    };
  };

  return {
    push(item) {
      items.push(item);
      if (cancel) return;
      if (performance.now() - flushedAtMs >= FRAME_MS) run();
      else schedule();
    },
    clear() {
      cancel?.();
      cancel = null;
      items = [];
    },
  };
}
