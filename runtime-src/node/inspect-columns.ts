/** How util.inspect lays arrays of more than six entries out in columns, so that the block comes near a square. */
const SEPARATOR = 2;
const CHARACTER_HEIGHT = 2.5;
const MAX_COLUMNS = 15;

export function plainLength(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI colours
  return text.replace(/\x1b\[\d+m/g, "").length;
}

/** Columns on a terminal: wide for CJK and emoji, none for combining marks. */
function columnsOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let columns = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI colours
  for (const character of text.replace(/\x1b\[\d+m/g, "")) columns += widthOf(character.codePointAt(0) as number);
  return columns;
}

const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

function widthOf(code: number): number {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x300 && code <= 0x36f)) return 0;
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

export interface ColumnOptions {
  readonly breakLength: number;
  readonly indentation: number;
  readonly compact: number;
  /** Numbers are aligned to the right. */
  readonly alignRight: boolean;
  /** Entries in all, with the one that says how many more there are. */
  readonly count: number;
  /** The last entry is "... n more items" and stays alone. */
  readonly hasMore: boolean;
}

function columnCount(lengths: readonly number[], total: number, widest: number, options: ColumnOptions): number {
  const actualMax = widest + SEPARATOR;
  const bias = Math.sqrt(actualMax - total / options.count);
  const biasedMax = Math.max(actualMax - 3 - bias, 1);
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
  const lengths = listed.map(columnsOf);
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
