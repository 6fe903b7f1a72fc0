/** Columns as docker's client aligns them (Go's tabwriter with minwidth 10, padding 3): the last one is not padded. */
const MIN_WIDTH = 10;
const GAP = 3;

/** Characters, not bytes. To walk a string costs a hundred times as much as to measure it, and most are ASCII. */
const width = (text: string): number => (Buffer.byteLength(text) === text.length ? text.length : [...text].length);

export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows];
  const sizes = all.map((cells) => cells.map(width));
  const widths: number[] = [];
  for (const row of sizes) {
    for (let i = 0; i < row.length - 1; i++) widths[i] = Math.max(widths[i] ?? MIN_WIDTH, (row[i] ?? 0) + GAP);
  }
  const line = (cells: readonly string[], row: number): string => {
    const last = cells.length - 1;
    let text = "";
    for (let i = 0; i < last; i++) text += (cells[i] ?? "") + " ".repeat((widths[i] ?? 0) - (sizes[row]?.[i] ?? 0));
    return `${text}${cells[last] ?? ""}\n`;
  };
  return all.map(line).join("");
}
