/**
 * When the kernel is looked at. After each slice, while the guest stands still, a probe of a few words says whether
 * something happened; then, and at the counters' rate, a full snapshot is taken, compared with the one before and sent.
 *
 * The guest pays for each look, since it waits meanwhile: what a look costs is taken from a budget
 * (look-budget.ts), unless the guest would have slept anyway. Nothing is lost by waiting but the order within a few milliseconds:
 * forks are counted by the kernel itself.
 */
import { createIntrospector } from "../introspect/snapshot.ts";
import { diff } from "../model/diff.ts";
import type { KernelSnapshot } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import type { MachineNotice } from "../protocol/machine.ts";
import type { Emulator } from "./emulator.ts";
import { createLookBudget } from "./look-budget.ts";

export interface Introspection {
  /** Snapshots a second for the counters; 0 stops them and the probe. */
  setHz(hz: number): void;
  /** `sleepMs`: how long the guest wants to sleep now; 0 while it has more to do. */
  afterSlice(nowMs: number, sleepMs: number): void;
  /** A snapshot of this moment, not sent anywhere. Call it between slices only. */
  take(): KernelSnapshot;
  /** Looks that ended in an exception and were dropped. */
  failures(): number;
}

export interface IntrospectionParts {
  readonly layout: KernelLayout;
  readonly emulator: Pick<Emulator, "memory" | "instructionCounter">;
  now(): number;
  /** Wall clock, ms since the epoch, for the notice. */
  epochMs(): number;
  notify(notice: MachineNotice): void;
}

/** A guest that has executed less than this in an idle period only kept its clocks (60,000); a key stroke takes several times as much. */
const IDLE_INSTRUCTIONS = 120_000;
/** It is looked at nonetheless, so that rates fall to zero and clocks go on: soon at first, then less often. */
const IDLE_PERIOD_MS = 500;
const LONGEST_IDLE_PERIOD_MS = 2_000;
/** After an exception the guest is left alone for a while. */
const FAILED_GAP_MS = 1_000;

/** Throws where the layout lacks a name: image and page do not belong together. */
export function createIntrospection(parts: IntrospectionParts): Introspection {
  const introspector = createIntrospector(parts.layout);
  let periodMs = 0;
  let previous: KernelSnapshot | null = null;
  let changed = false;
  let lookedAtMs = 0;
  let dueAtMs = 0;
  const budget = createLookBudget();
  let failures = 0;
  let idleUntilMs = 0;
  let idlePeriodMs = IDLE_PERIOD_MS;
  let counter = 0;

  const isIdle = (nowMs: number): boolean => {
    const periods = Math.max(1, (nowMs - lookedAtMs) / IDLE_PERIOD_MS);
    return (parts.emulator.instructionCounter() - counter) >>> 0 < IDLE_INSTRUCTIONS * periods;
  };
  const dueByRate = (nowMs: number): boolean => nowMs >= dueAtMs && (nowMs >= idleUntilMs || !isIdle(nowMs));

  /** Returns when it had read and compared. */
  const look = (): number => {
    const snapshot = introspector.snapshot(parts.emulator.memory());
    const events = diff(previous, snapshot);
    previous = snapshot;
    const comparedAtMs = parts.now();
    parts.notify({ type: "snapshot", snapshot, events, wallMs: parts.epochMs() });
    return comparedAtMs;
  };

  const lookIfDue = (nowMs: number, sleepMs: number): void => {
    changed = introspector.changed(parts.emulator.memory()) || changed;
    const probedAtMs = parts.now();
    budget.sliceEnded(nowMs, sleepMs);
    if (sleepMs === 0) budget.probed(probedAtMs - nowMs);
    if (!(changed || dueByRate(nowMs)) || !budget.allows(nowMs)) return;
    idlePeriodMs = !changed && isIdle(nowMs) ? Math.min(LONGEST_IDLE_PERIOD_MS, 2 * idlePeriodMs) : IDLE_PERIOD_MS;
    const comparedAtMs = look();
    changed = false;
    lookedAtMs = nowMs;
    dueAtMs = nowMs + periodMs;
    idleUntilMs = nowMs + Math.max(periodMs, idlePeriodMs);
    counter = parts.emulator.instructionCounter();
    budget.spend(nowMs, comparedAtMs - probedAtMs);
  };

  return {
    setHz(hz) {
      periodMs = hz > 0 ? 1_000 / hz : 0;
      dueAtMs = 0;
      idleUntilMs = 0;
    },
    afterSlice(nowMs, sleepMs) {
      if (periodMs === 0) return;
      try {
        lookIfDue(nowMs, sleepMs);
      } catch {
        failures++;
        budget.holdUntil(nowMs + FAILED_GAP_MS);
      }
    },
    take: () => introspector.snapshot(parts.emulator.memory()),
    failures: () => failures,
  };
}
