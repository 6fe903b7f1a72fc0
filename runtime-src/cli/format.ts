/**
 * docker's --format: "json", "table", "table TEMPLATE" or a template (template.ts, loaded only when one is given). For a
 * list the headings of a table are what the template says of the columns' names; \t and \n stand for themselves.
 * Errors are in the frames that docker's client has for them, which differ from verb to verb.
 */
import { CommandError } from "./runtime.ts";
import { compileTemplate, type Template } from "./template.ts";
import { HEADING_FUNCTIONS, withValues } from "./template-functions.ts";
import { TemplateError } from "./template-parse.ts";

/** docker's code for a template that cannot be, where it has one of its own. */
export const TEMPLATE_FAILED = 64;
export const FRAME = "template parsing error: ";

/** The shell gives a backslash and a letter. */
const withTabs = (format: string): string => format.replaceAll("\\t", "\t").replaceAll("\\n", "\n");

function framed<T>(frame: string, exitCode: number, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new CommandError(`${frame}${error.message}`, exitCode, { cause: error });
  }
}

interface OneOptions {
  readonly type?: string | null;
  /** Before the words on a template that cannot be read, and on one that cannot be executed. */
  readonly parseFrame?: string;
  readonly runFrame?: string;
}

/** For what is one object: a template that cannot be read ends with 64, before anything is printed. */
export function compileFormat(
  format: string,
  { type = null, parseFrame = FRAME, runFrame = "" }: OneOptions = {},
): Template {
  if (format === "json") return (value) => JSON.stringify(withValues(value));
  const template = framed(parseFrame, TEMPLATE_FAILED, () => compileTemplate(withTabs(format), { type }));
  return (value) => framed(runFrame, 1, () => template(value));
}

/** A line a row; for "table TEMPLATE" see list-output.ts. */
export function formatRows(format: string, rows: readonly unknown[], type: string | null = null): string {
  if (format === "json") return rows.map((row) => `${JSON.stringify(withValues(row))}\n`).join("");
  return framed(FRAME, 1, () => {
    const template = compileTemplate(withTabs(format), { type });
    return rows.map((row) => `${template(row)}\n`).join("");
  });
}

/** Cells, tab by tab, the headings first. */
export function formatTable(
  format: string,
  headings: Readonly<Record<string, string>>,
  rows: readonly unknown[],
  type: string | null = null,
): string[][] {
  const source = withTabs(format);
  const lines = framed(FRAME, 1, () => {
    const shown = rows.map(compileTemplate(source, { type }));
    return [compileTemplate(source, { functions: HEADING_FUNCTIONS })(headings), ...shown];
  });
  return lines.map((line) => line.split("\t"));
}
