/** docker's --label and --label-file: "name=value", or a name alone for an empty value. */
import { readEnvFile } from "./environment.ts";

export function labelsOf(texts: readonly string[], files: readonly string[] = []): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const text of [...files.flatMap(readEnvFile), ...texts]) {
    const at = text.indexOf("=");
    labels[at < 0 ? text : text.slice(0, at)] = at < 0 ? "" : text.slice(at + 1);
  }
  return labels;
}
