/**
 * docker's --format for lists and for inspect: "json", or a template in which {{.Field}} and {{json .Field}} stand for
 * values and \t, \n for themselves. Go templates can do more; what we do not know is refused, not printed as it stands.
 */
import { UsageError } from "./flags.ts";

const plain = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "object" ? JSON.stringify(value) : String(value);

function lookUp(value: unknown, path: string): unknown {
  let at = value;
  for (const name of path.split(".").filter(Boolean)) {
    if (typeof at !== "object" || at === null || !(name in at)) {
      throw new UsageError(`template parsing error: no field ".${name}" in "${path}"`);
    }
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

export function formatOne(format: string, value: unknown): string {
  if (format === "json") return JSON.stringify(value);
  const template = format.replaceAll("\\t", "\t").replaceAll("\\n", "\n");
  return template.replace(/\{\{([^}]*)\}\}/g, (_, expression: string) => {
    const match = /^\s*(json\s+)?(\.[\w.]*)\s*$/.exec(expression);
    if (!match?.[2]) throw new UsageError(`template parsing error: "{{${expression}}}" is not supported`);
    const found = lookUp(value, match[2]);
    return match[1] ? JSON.stringify(found) : plain(found);
  });
}

export function formatRows(format: string, rows: readonly Record<string, string>[]): string {
  const body = format.startsWith("table ") ? format.slice("table ".length) : format;
  return rows.map((row) => `${formatOne(body, row)}\n`).join("");
}
