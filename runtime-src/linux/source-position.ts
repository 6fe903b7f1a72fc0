/**
 * `sourceHere()` is the position of its own call, e.g. "container/create-steps.ts:42", relative to runtime-src.
 *
 * Usage: `{ name: "pivot_root", source: sourceHere(), run: … }`. Call it with empty parentheses, directly: the bundler
 * (`../build-source-position.ts`) replaces the text `sourceHere()` in every file below runtime-src with the literal
 * before anything is compiled, so the guest pays nothing for it. Under real Node (unit tests) the function below finds
 * the same line from a stack trace.
 */
export function sourceHere(): string {
  const frame = new Error().stack?.split("\n")[2] ?? "";
  const match = /runtime-src\/([^:?)]+)(?:\?[^:)]*)?:(\d+)/.exec(frame);
  if (!match) throw new Error(`sourceHere: no position below runtime-src in "${frame.trim()}"`);
  return `${match[1]}:${match[2]}`;
}
