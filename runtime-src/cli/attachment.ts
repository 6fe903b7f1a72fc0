/** What `run` and `start -a` give the supervisor that they become: their streams, their signals, how they are let go. */

import { DEFAULT_DETACH_KEYS, parseDetachKeys } from "../container/detach-keys.ts";
import type { Attachment, SignalHold } from "../container/own-client.ts";
import { detachStdio } from "./background.ts";
import { type ParsedFlags, UsageError } from "./flags.ts";
import type { Runtime } from "./runtime.ts";

export interface AttachedStreams {
  readonly input: boolean;
  readonly output: boolean;
  readonly error: boolean;
}

export function attachmentOf(
  runtime: Runtime,
  flags: ParsedFlags,
  signals: SignalHold,
  streams: AttachedStreams,
): Attachment {
  const { client } = runtime;
  return {
    ...streams,
    detachKeys: detachKeysOf(flags),
    sigProxy: !flags.given("sig-proxy") || flags.bool("sig-proxy"),
    signals,
    canDetach: client.isWaiting(),
    onDetach: (exitCode) => {
      detachStdio(runtime);
      client.release(exitCode);
    },
    onGone: client.onGone,
    warn: (text) => runtime.err(`${text}\n`),
  };
}

export function detachKeysOf(flags: ParsedFlags): readonly number[] {
  const keys = flags.text("detach-keys");
  return keys === null ? DEFAULT_DETACH_KEYS : parseDetachKeys(keys);
}

/** -a stdout and so on; empty: what docker attaches without it. */
export function attachedStreams(names: readonly string[], interactive: boolean): AttachedStreams {
  for (const name of names) {
    if (!["stdin", "stdout", "stderr"].includes(name.toLowerCase())) {
      throw new UsageError(
        `invalid argument "${name}" for "-a, --attach" flag: valid streams are STDIN, STDOUT and STDERR`,
      );
    }
  }
  const wanted = names.map((name) => name.toLowerCase());
  if (wanted.length === 0) return { input: interactive, output: true, error: true };
  return {
    input: interactive && wanted.includes("stdin"),
    output: wanted.includes("stdout"),
    error: wanted.includes("stderr"),
  };
}
