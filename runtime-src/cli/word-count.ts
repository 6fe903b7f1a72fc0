/** How many words a command line has beside its flags, with docker's complaints (docker/cli, cli/required.go). */
import { UsageError } from "./flags.ts";

/** reportFailure puts the command's name before it and its usage behind it. */
export class WordCountError extends UsageError {}

const plural = (count: number): string => `${count} argument${count === 1 ? "" : "s"}`;

function complaint(least: number, most: number): string {
  if (most === 0) return "accepts no arguments";
  if (least === most) return `requires ${plural(least)}`;
  if (most === Number.POSITIVE_INFINITY) return `requires at least ${plural(least)}`;
  if (least === 0) return `requires at most ${plural(most)}`;
  return `requires at least ${least} and at most ${plural(most)}`;
}

export function requireWords(words: readonly string[], least: number, most = Number.POSITIVE_INFINITY): void {
  if (words.length < least || words.length > most) throw new WordCountError(complaint(least, most));
}
