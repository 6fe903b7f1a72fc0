/**
 * Collects what arrives between two frames and hands it over once a frame: thirty snapshots a second, or a burst of
 * output, cost the page one update a frame. A hidden page has no frames, so a timer stands behind each frame.
 */
export interface FrameQueue<T> {
  push(item: T): void;
  /** Drops what has not been handed over. */
  clear(): void;
}

const NO_FRAME_MS = 250;

export function createFrameQueue<T>(flush: (items: readonly T[]) => void): FrameQueue<T> {
  let items: T[] = [];
  let cancel: (() => void) | null = null;

  const run = () => {
    cancel?.();
    cancel = null;
    const batch = items;
    items = [];
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
      if (!cancel) schedule();
    },
    clear() {
      cancel?.();
      cancel = null;
      items = [];
    },
  };
}
