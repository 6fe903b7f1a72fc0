/**
 * docker's --format: "json", "table", "table TEMPLATE" or a template (template.ts, loaded only when one is given). For a
 * list the headings of a table are what the template says of the columns' names; \t and \n stand for themselves.
 */
import { compileTemplate } from "./template.ts";
import { HEADING_FUNCTIONS } from "./template-functions.ts";

/** The shell gives a backslash and a letter. */
const withTabs = (format: string): string => format.replaceAll("\\t", "\t").replaceAll("\\n", "\n");

const plainJson = (value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([key, of]) => [key, typeof of === "function" ? of() : of]))
    : value;

export function formatOne(format: string, value: unknown): string {
  return format === "json" ? JSON.stringify(plainJson(value)) : compileTemplate(withTabs(format))(value);
}

/** A line a row; for "table TEMPLATE" see list-output.ts. */
export function formatRows(format: string, rows: readonly unknown[]): string {
  if (format === "json") return rows.map((row) => `${JSON.stringify(plainJson(row))}\n`).join("");
  const template = compileTemplate(withTabs(format));
  return rows.map((row) => `${template(row)}\n`).join("");
}

/** Cells, tab by tab, the headings first. */
export function formatTable(
  format: string,
  headings: Readonly<Record<string, string>>,
  rows: readonly unknown[],
): string[][] {
  const source = withTabs(format);
  const lines = [compileTemplate(source, HEADING_FUNCTIONS)(headings), ...rows.map(compileTemplate(source))];
  return lines.map((line) => line.split("\t"));
}
