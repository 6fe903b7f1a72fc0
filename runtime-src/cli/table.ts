/** Columns as docker's client aligns them: at least 10 wide (tabwriter's minimum), three blanks between. */
const GAP = 3;

export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === cells.length - 1 ? cell : cell.padEnd((widths[i] ?? 0) + GAP))).join("");
  return `${[headings, ...rows].map(line).join("\n")}\n`;
}
