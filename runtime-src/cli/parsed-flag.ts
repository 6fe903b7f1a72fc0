/** A flag's value through a parser, whose error becomes docker's "invalid argument". null: not given. */
import { type Flag, flagLabel, type ParsedFlags, UsageError } from "./flags.ts";
import { RUN_FLAGS } from "./run-flags.ts";

function flagNamed(name: string): Flag {
  const flag = RUN_FLAGS.find((known) => known.name === name);
  if (!flag) throw new Error(`no flag --${name}`);
  return flag;
}

export function invalidArgument(name: string, text: string, reason: string, cause?: unknown): UsageError {
  return new UsageError(`invalid argument "${text}" for "${flagLabel(flagNamed(name))}" flag: ${reason}`, { cause });
}

export function parsed<T>(flags: ParsedFlags, name: string, parse: (text: string) => T): T | null {
  const text = flags.text(name);
  if (text === null) return null;
  try {
    return parse(text);
  } catch (error) {
    throw invalidArgument(name, text, (error as Error).message, error);
  }
}
