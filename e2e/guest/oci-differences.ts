/**
 * Where `box oci` and crun differ, and the clause of the runtime-spec (or the kernel's rule) that decides for us. A fact that
 * one of these patterns names is not compared in the bundles that it names.
 */
import type { Seen } from "./oci-facts.ts";

export interface Difference {
  /** Names of bundles; absent: all. */
  readonly bundles?: RegExp;
  readonly fact: RegExp;
  readonly because: string;
}

export const DIFFERENCES: readonly Difference[] = [];

export function explained(bundle: string, seen: Seen): Seen {
  const known = DIFFERENCES.filter(({ bundles }) => bundles?.test(bundle) ?? true);
  return { ...seen, facts: seen.facts.filter((line) => !known.some(({ fact }) => fact.test(line))) };
}
