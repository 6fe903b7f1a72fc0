/** How util.inspect lays arrays of more than six entries out in columns, so that the block comes near a square. */
const SEPARATOR = 2;
const CHARACTER_HEIGHT = 2.5;
const MAX_COLUMNS = 15;

export function plainLength(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI colours
  return text.replace(/\x1b\[\d+m/g, "").length;
}

export interface ColumnOptions {
  readonly breakLength: number;
  readonly indentation: number;
  readonly compact: number;
  /** Numbers are aligned to the right. */
  readonly alignRight: boolean;
  /** The last entry is "... n more items" and stays alone. */
  readonly hasMore: boolean;
}

function columnCount(lengths: readonly number[], total: number, widest: number, options: ColumnOptions): number {
  const actualMax = widest + SEPARATOR;
  const bias = Math.sqrt(actualMax - total / lengths.length);
  const biasedMax = Math.max(actualMax - bias, 1);
  return Math.min(
    Math.round(Math.sqrt(CHARACTER_HEIGHT * biasedMax * lengths.length) / biasedMax),
    Math.floor((options.breakLength - options.indentation) / actualMax),
    options.compact * 4,
    MAX_COLUMNS,
  );
}

/** The entries joined to rows; the entries themselves when columns would not help. */
export function groupEntries(entries: readonly string[], options: ColumnOptions): string[] {
  const listed = options.hasMore ? entries.slice(0, -1) : entries;
  const lengths = listed.map(plainLength);
  const total = lengths.reduce((sum, length) => sum + length + SEPARATOR, 0);
  const widest = Math.max(...lengths);
  const actualMax = widest + SEPARATOR;
  const fits = actualMax * 3 + options.indentation < options.breakLength;
  if (!fits || !(total / actualMax > 5 || widest <= 6)) return [...entries];
  const columns = columnCount(lengths, total, widest, options);
  if (columns <= 1) return [...entries];
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...lengths.filter((_length, index) => index % columns === column)),
  );
  const rows: string[] = [];
  for (let start = 0; start < listed.length; start += columns) {
    const cells = listed.slice(start, start + columns).map((entry, column, row) => {
      const last = column === row.length - 1;
      const room = (widths[column] ?? 0) - (lengths[start + column] ?? 0);
      const padding = " ".repeat(Math.max(0, room));
      if (options.alignRight) return `${padding}${entry}${last ? "" : ", "}`;
      return last ? entry : `${entry}, ${padding}`;
    });
    rows.push(cells.join(""));
  }
  return options.hasMore ? [...rows, entries[entries.length - 1] as string] : rows;
}
