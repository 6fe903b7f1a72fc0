import type { TerminalId } from "../protocol/machine.ts";
import type { TerminalHub } from "./terminal-hub.ts";

/** Enough for the longest prompt with its escapes. */
const TAIL_CHARS = 512;

/** Operating system commands, control sequences, and single escapes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what it is for.
const ESCAPES = /\u001b(?:\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\[[0-?]*[ -/]*[@-~]|[@-Z\\-_=>])/g;

/** Shell integration's mark that a prompt begins (FinalTerm OSC 133). */
const PROMPT_MARK = "\u001b]133;A";

/** A last line that ends as prompts do: "host:~# ", "/ # ", "> ". */
const PROMPT_END = /(?:^|[\r\n])[^\r\n]{0,200}[#$%>] $/;

export interface PromptWatch {
  /** Forgets what was printed so far. */
  mark(): void;
  /**
   * Whether what was printed since the mark ends in a prompt; "marked" when the shell itself said so. The line that was typed must have
   * been entered: a shell whose terminal changed its size draws its prompt anew without.
   */
  prompt(): "none" | "likely" | "marked";
  dispose(): void;
}

/** Follows a terminal's output for the moment at which a shell waits for input. */
export function watchPrompt(hub: TerminalHub, terminal: TerminalId): PromptWatch {
  let decoder = new TextDecoder();
  let tail = "";
  let entered = false;
  const detach = hub.attach(terminal, (data) => {
    const text = decoder.decode(data, { stream: true });
    entered ||= text.includes("\n");
    tail = (tail + text).slice(-TAIL_CHARS);
  });
  return {
    mark() {
      decoder = new TextDecoder();
      tail = "";
      entered = false;
    },
    prompt() {
      if (!entered || !PROMPT_END.test(tail.replace(ESCAPES, ""))) return "none";
      return tail.includes(PROMPT_MARK) ? "marked" : "likely";
    },
    dispose: detach,
  };
}
