/**
 * How docker's list commands print: ids only (-q), a table, or --format. Rows are objects whose keys are the template's
 * fields; a field may be a function, called only when it is shown. Templates are loaded only when one is given.
 */
import type { ParsedFlags } from "./flags.ts";
import type { Runtime } from "./runtime.ts";
import { table } from "./table.ts";

export type Cell = string | (() => string);
export type Row = Readonly<Record<string, Cell>>;

export interface ListShape {
  /** Every field and its heading. */
  readonly headings: Readonly<Record<string, string>>;
  /** The fields of the table without --format, in order. */
  readonly columns: readonly string[];
  /** What -q prints. */
  readonly id: string;
  /** docker's Go type of a row, for its words on a field that is not there. */
  readonly type: string;
}

export const cellText = (cell: Cell | undefined): string => (typeof cell === "function" ? cell() : (cell ?? ""));

/** The fields that are shown: of a template, which may ask for any, null. */
export function shownColumns(flags: ParsedFlags, { columns, id }: ListShape): readonly string[] | null {
  if (flags.bool("quiet")) return [id];
  return (flags.text("format") || "table") === "table" ? columns : null;
}

/** Those of each row, as text. */
export function printCells(
  runtime: Runtime,
  flags: ParsedFlags,
  { headings, columns }: ListShape,
  cells: readonly (readonly string[])[],
): void {
  if (flags.bool("quiet")) {
    if (flags.text("format"))
      runtime.err("WARNING: Ignoring custom format, because both --format and --quiet are set.\n");
    runtime.out(cells.map(([id]) => `${id}\n`).join(""));
    return;
  }
  const titles = columns.map((name) => headings[name] ?? name);
  runtime.out(table(titles, cells));
}

export async function printList(
  runtime: Runtime,
  flags: ParsedFlags,
  shape: ListShape,
  rows: readonly Row[],
): Promise<void> {
  const columns = shownColumns(flags, shape);
  if (columns) {
    const cells = rows.map((row) => columns.map((name) => cellText(row[name])));
    return printCells(runtime, flags, shape, cells);
  }
  const format = flags.text("format") ?? "";
  const { formatRows, formatTable } = await import("./format.ts");
  if (!format.startsWith("table ")) return runtime.out(formatRows(format, rows, shape.type));
  const [first = [], ...rest] = formatTable(format.slice("table ".length), shape.headings, rows, shape.type);
  runtime.out(table(first, rest));
}
