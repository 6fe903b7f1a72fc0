/** What a bench module gives: figures, each against its bar and from one run with its baseline. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: "ms" | "MB" | "ratio" | "%" | "count";
  /** At most this; null where the figure only informs. */
  readonly bar: number | null;
  readonly ok: boolean;
  /** What a ratio was taken against, in its own unit; null where there is none. */
  readonly baseline: { readonly name: string; readonly value: number; readonly unit: string } | null;
}

export interface BenchContext {
  /** The folder of the built guest image. */
  readonly imageDir: string;
  /** The built page. */
  readonly outDir: string;
  /** What the person who waits sees. */
  note(text: string): void;
}

export interface BenchModule {
  figures(context: BenchContext): Promise<readonly Figure[]>;
}

export function figure(
  name: string,
  value: number,
  unit: Figure["unit"],
  bar: number | null,
  baseline: Figure["baseline"] = null,
): Figure {
  return { name, value: round(value), unit, bar, ok: bar === null || value <= bar, baseline };
}

/** `ours` against `theirs`, both medians in ms. */
export function ratio(
  name: string,
  ours: readonly number[],
  theirs: readonly number[],
  bar: number,
  theirName: string,
): Figure {
  const base = median(theirs);
  return figure(name, median(ours) / base, "ratio", bar, { name: theirName, value: round(base), unit: "ms" });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[middle - 1] ?? Number.NaN, sorted[middle] ?? Number.NaN];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

const round = (value: number): number => Number(value.toPrecision(4));
