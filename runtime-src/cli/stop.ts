/** `docker stop`: the stop signal, then SIGKILL when the container is still there after the time it was given. */

import { freezeCgroup, isFrozen } from "../cgroups/container-cgroup.ts";
import { cgroupOf } from "../container/cgroup-of.ts";
import { awaitEnd, awaitEndWithin, forbidRestart, killContainer, signalContainer } from "../container/end.ts";
import { containerEvent, emitEvents } from "../container/events.ts";
import { SIGTERM } from "../linux/constants.ts";
import { eachContainer, requireContainer } from "./each-container.ts";
import { type Flag, type ParsedFlags, parseFlags } from "./flags.ts";
import type { Runtime, Verb } from "./runtime.ts";
import { parseSignal } from "./signal-names.ts";
import { requireWords } from "./word-count.ts";

const DEFAULT_TIMEOUT_SECONDS = 10;

export const STOP_FLAGS: readonly Flag[] = [
  { name: "signal", short: "s", kind: "text", help: "Signal to send to the container" },
  { name: "timeout", short: "t", kind: "text", integer: true, help: "Seconds to wait before killing the container" },
  { name: "time", kind: "text", integer: true, help: "Seconds to wait before killing the container" },
];

export interface StopOptions {
  readonly signal: string | null;
  /** null: the container's own. Below 0: wait without end. */
  readonly timeoutSeconds: number | null;
}

export async function stopContainer(runtime: Runtime, reference: string, options: StopOptions): Promise<void> {
  const state = forbidRestart(runtime, requireContainer(runtime, reference));
  if (state.status === "restarting") awaitEnd(runtime, state.id);
  if (state.status !== "running" || state.pid === null) return;
  const name = options.signal ?? state.stopSignal;
  signalContainer(runtime, state.pid, name === null ? SIGTERM : parseSignal(name));
  const cgroup = cgroupOf(runtime, state);
  if (isFrozen(runtime, cgroup)) freezeCgroup(runtime, cgroup, false);
  const seconds = options.timeoutSeconds ?? state.stopTimeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  const timeoutMs = seconds < 0 ? Number.POSITIVE_INFINITY : seconds * 1000;
  if (!(await awaitEndWithin(runtime, state.id, timeoutMs))) {
    killContainer(runtime, state);
    awaitEnd(runtime, state.id);
  }
  emitEvents(runtime.paths, [containerEvent(state, "stop")]);
}

export function stopOptions(flags: ParsedFlags): StopOptions {
  const timeout = flags.text("timeout") ?? flags.text("time");
  const signal = flags.text("signal");
  if (signal !== null) parseSignal(signal);
  return { signal, timeoutSeconds: timeout === null ? null : Number(timeout) };
}

export const stop: Verb = {
  usage: "stop [OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Stop one or more running containers",
  aliases: ["container stop"],
  flags: STOP_FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(STOP_FLAGS, argv, true);
    requireWords(flags.rest, 1);
    const options = stopOptions(flags);
    return eachContainer(runtime, flags.rest, (reference) => stopContainer(runtime, reference, options));
  },
};
