/** Columns as docker's client aligns them (Go's tabwriter with minwidth 10, padding 3): the last one is not padded. */
const MIN_WIDTH = 10;
const GAP = 3;

/** Characters, not bytes. To walk a string costs a hundred times as much as to measure it, and most are ASCII. */
const width = (text: string): number => (Buffer.byteLength(text) === text.length ? text.length : [...text].length);

export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows];
  const widths: number[] = [];
  for (const cells of all) {
    for (let i = 0; i < cells.length - 1; i++) {
      widths[i] = Math.max(widths[i] ?? MIN_WIDTH, width(cells[i] ?? "") + GAP);
    }
  }
  const pad = (cell: string, i: number, last: number) =>
    i === last ? cell : cell + " ".repeat((widths[i] ?? 0) - width(cell));
  return all.map((cells) => `${cells.map((cell, i) => pad(cell, i, cells.length - 1)).join("")}\n`).join("");
}
