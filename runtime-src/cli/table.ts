/** Columns as docker's client aligns them (Go's tabwriter with minwidth 10, padding 3): the last one is not padded. */
const MIN_WIDTH = 10;
const GAP = 3;

type Cells = readonly string[];

export function table(headings: Cells, rows: readonly Cells[]): string {
  const all = [headings, ...rows];
  const text = alignPlain(all);
  // Characters, not units of strings, have to be counted in what is not ASCII.
  return text !== null && Buffer.byteLength(text) === text.length ? text : align(all);
}

/** Where a string is as long as it looks: to walk it costs a hundred times as much. null: not all have as many cells. */
function alignPlain(all: readonly Cells[]): string | null {
  const count = all[0]?.length ?? 0;
  const widths = new Array<number>(count).fill(MIN_WIDTH - GAP);
  for (const cells of all) {
    if (cells.length !== count) return null;
    for (let i = 0; i < count; i++) {
      const { length } = cells[i] as string;
      if (length > (widths[i] as number)) widths[i] = length;
    }
  }
  const last = count - 1;
  let text = "";
  for (const cells of all) {
    for (let i = 0; i < last; i++) text += (cells[i] as string).padEnd((widths[i] as number) + GAP);
    text += `${cells[last]}\n`;
  }
  return text;
}

function align(all: readonly Cells[]): string {
  const sizes = all.map((cells) => cells.map((text) => [...text].length));
  const widths: number[] = [];
  for (const row of sizes) {
    for (let i = 0; i < row.length - 1; i++) widths[i] = Math.max(widths[i] ?? MIN_WIDTH, (row[i] ?? 0) + GAP);
  }
  const line = (cells: Cells, row: number): string => {
    const last = cells.length - 1;
    const missing = (i: number): number => (i === last ? 0 : (widths[i] ?? 0) - (sizes[row]?.[i] ?? 0));
    return `${cells.map((text, i) => text + " ".repeat(missing(i))).join("")}\n`;
  };
  return all.map(line).join("");
}
