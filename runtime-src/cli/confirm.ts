/** docker's question before something is lost; -f answers it. */
import type { Runtime } from "./runtime.ts";

export function confirmed({ linux, out }: Runtime, warning: string): boolean {
  out(`${warning}\nAre you sure you want to continue? [y/N] `);
  let answer = "";
  while (!answer.includes("\n")) {
    const bytes = linux.read(0, 256);
    if (bytes.length === 0) break;
    answer += Buffer.from(bytes).toString();
  }
  return answer.trim().toLowerCase() === "y";
}
