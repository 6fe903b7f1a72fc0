/** What a step does, in the file where it stands: the lines of its `run`. */
export interface StepLines {
  /** 1-based, both included. */
  readonly from: number;
  readonly to: number;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

/**
 * A step is an entry of a table, and `at` the line of its `source`. Its `run` is a property of the same object, so it is
 * indented alike, and ends before the next line that is indented so or less, or with it where that closes a bracket. Without
 * one, `at` itself.
 */
export function stepLines(lines: readonly string[], at: number): StepLines {
  const indent = indentOf(lines[at - 1] ?? "");
  for (let index = at; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (line !== "" && indentOf(line) < indent) break;
    if (indentOf(line) === indent && /^run\b/.test(line.trimStart()))
      return { from: index + 1, to: endOf(lines, index) };
  }
  return { from: at, to: at };
}

function endOf(lines: readonly string[], start: number): number {
  const indent = indentOf(lines[start] ?? "");
  let end = start;
  while (end + 1 < lines.length) {
    const next = lines[end + 1] ?? "";
    if (next !== "" && indentOf(next) <= indent)
      return /^[)\]}]/.test(next.trimStart()) && indentOf(next) === indent ? end + 2 : end + 1;
    end++;
  }
  return end + 1;
}
