/** What the verbs of `box oci` share: their flags, the folder of their containers, runc's way of saying what is wrong. */
import { type BundleRecord, checkId, lockBundle, requireRecord } from "../../oci/bundle-state.ts";
import type { Flag, ParsedFlags } from "../flags.ts";
import type { Runtime } from "../runtime.ts";

export interface OciRuntime extends Runtime {
  /** --root */
  readonly root: string;
  readonly log: (level: "warning" | "error", text: string) => void;
}

export interface OciVerb {
  /** Words after the verb. */
  readonly usage: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
  /** How many words there must be. */
  readonly words: readonly [least: number, most: number];
  /** Flags end at the first word: the rest is another program's. */
  readonly endsAtWord?: boolean;
  readonly run: (runtime: OciRuntime, flags: ParsedFlags) => number | Promise<number>;
}

export const bool = (name: string, help: string, short?: string): Flag => ({
  name,
  kind: "bool",
  help,
  ...(short ? { short } : {}),
});
export const text = (name: string, help: string, short?: string): Flag => ({
  ...bool(name, help, short),
  kind: "text",
});
export const list = (name: string, help: string, short?: string): Flag => ({
  ...bool(name, help, short),
  kind: "list",
});

export const idOf = ({ rest }: ParsedFlags): string => checkId(rest[0] ?? "");

/** Nobody else works on the container meanwhile; the record is read under the lock. */
export function withBundle<T>(runtime: OciRuntime, id: string, act: (record: BundleRecord) => T): T {
  requireRecord(runtime.root, id);
  const lock = lockBundle(runtime, runtime.root, id);
  try {
    return act(requireRecord(runtime.root, id));
  } finally {
    if (lock !== null) runtime.linux.close(lock);
  }
}
