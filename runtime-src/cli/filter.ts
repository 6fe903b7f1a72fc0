/**
 * docker's --filter: "key=value", several of one key are alternatives, of several keys all must hold; labels are the
 * exception, each must be there. Keys that a command does not know are refused in the daemon's words.
 */

import { UsageError } from "./flags.ts";
import { CommandError } from "./runtime.ts";

export interface Filters {
  readonly has: (key: string) => boolean;
  readonly values: (key: string) => readonly string[];
  /** True where the key is not given, or one of its values holds. */
  readonly matches: (key: string, holds: (value: string) => boolean) => boolean;
  /** "label" and "label!", as `prune` has it. */
  readonly matchesLabels: (labels: Readonly<Record<string, string>>) => boolean;
}

const hasLabel = (labels: Readonly<Record<string, string>>, wanted: string): boolean => {
  const at = wanted.indexOf("=");
  const name = at < 0 ? wanted : wanted.slice(0, at);
  return Object.hasOwn(labels, name) && (at < 0 || labels[name] === wanted.slice(at + 1));
};

export function parseFilters(texts: readonly string[], known: readonly string[]): Filters {
  const given = new Map<string, string[]>();
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at < 0) {
      throw new UsageError(
        `invalid argument "${text}" for "-f, --filter" flag: bad format of filter (expected name=value)`,
      );
    }
    const key = text.slice(0, at).trim().toLowerCase();
    if (!known.includes(key)) throw new CommandError(`invalid filter '${key}': there is ${known.join(", ")}`);
    given.set(key, [...(given.get(key) ?? []), text.slice(at + 1).trim()]);
  }
  const values = (key: string): readonly string[] => given.get(key) ?? [];
  return {
    has: (key) => given.has(key),
    values,
    matches: (key, holds) => !given.has(key) || values(key).some(holds),
    matchesLabels: (labels) =>
      values("label").every((wanted) => hasLabel(labels, wanted)) &&
      !values("label!").some((unwanted) => hasLabel(labels, unwanted)),
  };
}

/** docker matches names by regular expression; one that is none is compared as it stands. */
export function nameMatcher(pattern: string): (name: string) => boolean {
  let expression: RegExp;
  try {
    expression = new RegExp(pattern);
  } catch {
    return (name) => name === pattern;
  }
  return (name) => expression.test(name) || expression.test(`/${name}`);
}

/** "true", "1" and so on. */
export function filterBool(key: string, value: string): boolean {
  if (["1", "true", "t", "True", "TRUE"].includes(value)) return true;
  if (["0", "false", "f", "False", "FALSE"].includes(value)) return false;
  throw new CommandError(`invalid filter '${key}=${value}'`);
}
