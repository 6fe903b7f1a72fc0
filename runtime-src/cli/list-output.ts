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

export async function printList(
  runtime: Runtime,
  flags: ParsedFlags,
  { headings, columns, id, type }: ListShape,
  rows: readonly Row[],
): Promise<void> {
  const format = flags.text("format");
  if (flags.bool("quiet")) {
    if (format) runtime.err("WARNING: Ignoring custom format, because both --format and --quiet are set.\n");
    runtime.out(rows.map((row) => `${cellText(row[id])}\n`).join(""));
    return;
  }
  if (!format || format === "table") {
    const titles = columns.map((name) => headings[name] ?? name);
    runtime.out(
      table(
        titles,
        rows.map((row) => columns.map((name) => cellText(row[name]))),
      ),
    );
    return;
  }
  const { formatRows, formatTable } = await import("./format.ts");
  if (!format.startsWith("table ")) return runtime.out(formatRows(format, rows, type));
  const [first = [], ...rest] = formatTable(format.slice("table ".length), headings, rows, type);
  runtime.out(table(first, rest));
}
