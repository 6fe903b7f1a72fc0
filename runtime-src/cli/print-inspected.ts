/** How every `inspect` of docker prints: a list of objects, or --format for each; what was not found is named at the end. */
import type { ParsedFlags } from "./flags.ts";
import { CommandError, type Runtime } from "./runtime.ts";

/** docker's code for a template that cannot be. */
const TEMPLATE_FAILED = 64;

/** Prints what is found as a list of objects, or by --format one after the other; each failure is named at the end. */
export async function printInspected(
  runtime: Runtime,
  flags: ParsedFlags,
  find: (reference: string) => object | Promise<object>,
): Promise<number> {
  const found: object[] = [];
  const errors: string[] = [];
  for (const reference of flags.rest) {
    try {
      found.push(await find(reference));
    } catch (error) {
      errors.push((error as Error).message);
    }
  }
  const format = flags.text("format");
  if (format === null || format === "") runtime.out(`${JSON.stringify(found, null, 4)}\n`);
  else runtime.out(await formatted(format, found));
  runtime.err(errors.map((message) => `Error: ${message}\n`).join(""));
  return errors.length > 0 ? 1 : 0;
}

async function formatted(format: string, found: readonly object[]): Promise<string> {
  const { formatRows } = await import("./format.ts");
  try {
    // docker: "json" is the whole list on one line
    return format === "json" ? `${JSON.stringify(found)}\n` : formatRows(format, found);
  } catch (error) {
    throw new CommandError((error as Error).message, TEMPLATE_FAILED, { cause: error });
  }
}
