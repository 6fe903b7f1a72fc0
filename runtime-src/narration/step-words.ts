/**
 * What a step of the runtime's tables is in plain words, and the shell command that does the same. A file of words belongs
 * to each table; tables.ts brings them together, and a test fails where a step has none.
 */
import type { Language } from "./language.ts";

export type Sentence = Readonly<Record<Language, string>>;

export interface StepWords<C> {
  /** One plain sentence, without values: those are in the command below it. */
  readonly says: Sentence;
  /** Shell commands with the same effect; empty where there is none. */
  readonly shell: (context: C) => readonly string[];
  /** In place of `shell` in a whole script, where the command belongs elsewhere or has to be put otherwise. */
  readonly script?: (context: C) => readonly string[];
  /** Why there is no command, or what it leaves out. */
  readonly beyondShell?: Sentence;
}

export type Words<C> = Readonly<Record<string, StepWords<C>>>;

/** As one word of a POSIX shell. */
export const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

export const quotedAll = (words: readonly string[]): string => words.map(quoted).join(" ");
