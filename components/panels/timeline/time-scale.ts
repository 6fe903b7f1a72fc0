/** Where a guest time stands on the drawn axis, and back. Between two anchors time runs evenly. */
export interface TimeScale {
  xAt(ms: number): number;
  msAt(x: number): number;
  /** Where the axis ends: now, as of `latestMs`. */
  readonly endX: number;
}

export interface Anchor {
  readonly ms: number;
  readonly x: number;
}

/** As placeMarks draws a pause: a gap grows with its logarithm. */
const PAUSE_MS = 400;
const PAUSE_PX = 16;

export function pausePx(ms: number): number {
  return PAUSE_PX * Math.log2(Math.max(0, ms) / PAUSE_MS + 1);
}

const pauseMs = (px: number): number => PAUSE_MS * (2 ** (Math.max(0, px) / PAUSE_PX) - 1);

/** Anchors in the order of time, x never falling. What lies after the last one is a pause that still goes on. */
export function timeScale(anchors: readonly Anchor[], fromX: number, latestMs: number): TimeScale {
  const last = anchors.at(-1);
  const tailX = Math.max(fromX, last?.x ?? 0);
  const lastMs = last?.ms ?? latestMs;
  const endX = tailX + pausePx(latestMs - lastMs);

  const between = (value: number, from: keyof Anchor, to: keyof Anchor): number => {
    const after = firstAbove(anchors, from, value);
    const [a, b] = [anchors[after - 1], anchors[after]];
    if (!a) return anchors[0]?.[to] ?? 0;
    if (!b) return a[to];
    const span = b[from] - a[from];
    return span > 0 ? a[to] + ((b[to] - a[to]) * (value - a[from])) / span : b[to];
  };

  return {
    endX,
    xAt: (ms) => (ms > lastMs ? Math.min(endX, tailX + pausePx(ms - lastMs)) : between(ms, "ms", "x")),
    msAt: (x) => (x > tailX ? Math.min(latestMs, lastMs + pauseMs(x - tailX)) : between(x, "x", "ms")),
  };
}

function firstAbove(anchors: readonly Anchor[], key: keyof Anchor, value: number): number {
  let low = 0;
  let high = anchors.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((anchors[middle]?.[key] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
