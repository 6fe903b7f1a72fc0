import type { IBuffer, IMarker, Terminal } from "@xterm/xterm";

/** "host:~# ls" and "web:/srv$ ls"; the mark says that a prompt is there, this only how long it is. */
const PROMPT = /^\S*[#$] +/;
/** What bash prints where a line was given up. */
const GIVEN_UP = /\^C$/;

/**
 * Follows the marks that the guest's shells put before their prompts (OSC 133;A, FinalTerm) and returns a reader of the
 * lines entered there. They are read off the screen: only there are history, completion and editing done.
 */
export function watchCommands(xterm: Terminal): () => readonly string[] {
  const prompts = new Set<IMarker>();
  xterm.parser.registerOscHandler(133, (data) => {
    const prompt = data.startsWith("A") ? xterm.registerMarker(0) : undefined;
    if (prompt) {
      prompts.add(prompt);
      prompt.onDispose(() => prompts.delete(prompt));
    }
    return true;
  });
  return () => {
    const { normal } = xterm.buffer;
    const lines = [...new Set([...prompts].map(({ line }) => line))].sort((a, b) => a - b);
    const cursor = normal.baseY + normal.cursorY;
    const read = lines.map((line) => ({ line, ...lineFrom(normal, line) }));
    // A prompt whose line the cursor is still on has had no Enter.
    return enteredOf(read.filter(({ line, rows }) => cursor >= line + rows).map(({ text }) => text));
  };
}

/**
 * The commands in the lines that have prompts. Completion lists its choices and prompts again with what was typed so
 * far, so a line that the next one begins with is taken for that.
 */
export function enteredOf(lines: readonly string[]): readonly string[] {
  const typed = lines.map((line) => (PROMPT.test(line) ? line.replace(PROMPT, "").trim() : ""));
  return typed.filter((text, at) => text !== "" && !GIVEN_UP.test(text) && !typed[at + 1]?.startsWith(text));
}

/** A line with those that it wraps into. */
function lineFrom(buffer: IBuffer, first: number): { readonly text: string; readonly rows: number } {
  let text = "";
  let rows = 0;
  for (let wraps = true; wraps; rows++) {
    wraps = buffer.getLine(first + rows + 1)?.isWrapped ?? false;
    text += buffer.getLine(first + rows)?.translateToString(!wraps) ?? "";
  }
  return { text, rows };
}
