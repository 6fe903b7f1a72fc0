/** console.table: rows and columns of an array or object, framed as Node 20 frames them. */
import { inspect } from "./inspect.ts";

const INDEX = "(index)";
const VALUES = "Values";

function cell(value: unknown): string {
  return inspect(value, { depth: typeof value === "object" ? -1 : 0, breakLength: Number.POSITIVE_INFINITY });
}

function padded(text: string, width: number): string {
  return ` ${text}${" ".repeat(width - text.length - 1)}`;
}

export function consoleTable(data: unknown): string {
  if (typeof data !== "object" || data === null) return inspect(data);
  const columns = [INDEX];
  const rows = Object.entries(data).map(([index, row]) => {
    const cells = new Map([[INDEX, index]]);
    const isObject = typeof row === "object" && row !== null;
    const fields: [string, unknown][] = isObject ? Object.entries(row) : [[VALUES, row]];
    for (const [name, value] of fields) {
      if (!columns.includes(name) && name !== VALUES) columns.push(name);
      cells.set(name, cell(value));
    }
    return cells;
  });
  if (rows.some((row) => row.has(VALUES))) columns.push(VALUES);
  const widths = columns.map((name) => Math.max(name.length, ...rows.map((row) => row.get(name)?.length ?? 0)) + 2);
  const rule = (left: string, cross: string, right: string): string =>
    left + widths.map((width) => "─".repeat(width)).join(cross) + right;
  const line = (cells: string[]): string =>
    `│${cells.map((text, index) => padded(text, widths[index] as number)).join("│")}│`;
  return [
    rule("┌", "┬", "┐"),
    line(columns),
    rule("├", "┼", "┤"),
    ...rows.map((row) => line(columns.map((name) => row.get(name) ?? ""))),
    rule("└", "┴", "┘"),
  ].join("\n");
}
