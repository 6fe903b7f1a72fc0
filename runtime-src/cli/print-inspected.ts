/** How every `inspect` of docker prints: a list of objects, or --format for each; what was not found is named at the end. */
import type { ParsedFlags } from "./flags.ts";
import type { Runtime } from "./runtime.ts";
import type { Template } from "./template.ts";

/** Prints what is found as a list of objects, or by --format one after the other; each failure is named at the end. */
export async function printInspected(
  runtime: Runtime,
  flags: ParsedFlags,
  find: (reference: string) => object | Promise<object>,
): Promise<number> {
  const format = flags.text("format");
  const show = await shower(format);
  const found: object[] = [];
  const errors: string[] = [];
  const texts: string[] = [];
  for (const reference of flags.rest) {
    try {
      found.push(await find(reference));
      if (show) texts.push(show(found.at(-1)));
    } catch (error) {
      errors.push((error as Error).message);
    }
  }
  if (show) runtime.out(`${texts.join("\n")}\n`);
  // docker: "json" is the whole list on one line
  else runtime.out(`${JSON.stringify(found, null, format === "json" ? 0 : 4)}\n`);
  runtime.err(errors.map((message) => `Error: ${message}\n`).join(""));
  return errors.length > 0 ? 1 : 0;
}

/** null: the list as JSON. */
async function shower(format: string | null): Promise<Template | null> {
  if (format === null || format === "" || format === "json") return null;
  const { compileFormat, FRAME } = await import("./format.ts");
  return compileFormat(format, { runFrame: FRAME });
}
