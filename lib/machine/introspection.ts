/**
 * When the kernel is looked at. After each slice, while the guest stands still, a probe of a few words says whether
 * something happened; then, and at the counters' rate, a full snapshot is taken, compared with the one before and sent.
 *
 * The guest pays for each look, since it waits meanwhile: what a look costs (reading, comparing, posting) sets how long
 * the next one has to wait, so a guest that forks without end is slowed by at most 1 / COST_SHARE. Nothing is lost by
 * waiting but the order within a few milliseconds: forks are counted by the kernel itself.
 */
import { createIntrospector } from "../introspect/snapshot.ts";
import { diff } from "../model/diff.ts";
import type { KernelSnapshot } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import type { MachineNotice } from "../protocol/machine.ts";
import type { Emulator } from "./emulator.ts";

export interface Introspection {
  /** Snapshots a second for the counters; 0 stops them and the probe. */
  setHz(hz: number): void;
  afterSlice(nowMs: number): void;
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

/** A look that cost c ms is followed by at least COST_SHARE * c ms of guest. */
const COST_SHARE = 70;
/** A look's time on the clock includes what other programs took of the core meanwhile, so one slow look is not believed. */
const COST_GROWTH = 1.5;
const LEAST_COST_MS = 0.1;
/** Changes within this are shown together: below a frame, so nobody sees the difference. */
const MIN_GAP_MS = 5;
/** A guest that has executed less than this since the last look only kept its clocks; one key stroke takes ten times more. */
const IDLE_INSTRUCTIONS = 40_000;
/** It is looked at nonetheless, so that rates fall to zero and clocks go on. */
const IDLE_PERIOD_MS = 500;
/** After an exception the guest is left alone for a while. */
const FAILED_GAP_MS = 1_000;

/** Throws where the layout lacks a name: image and page do not belong together. */
export function createIntrospection(parts: IntrospectionParts): Introspection {
  const introspector = createIntrospector(parts.layout);
  let periodMs = 0;
  let previous: KernelSnapshot | null = null;
  let changed = false;
  let dueAtMs = 0;
  let allowedAtMs = 0;
  let costMs = LEAST_COST_MS;
  let failures = 0;
  let idleUntilMs = 0;
  let counter = 0;

  const dueByRate = (nowMs: number): boolean => {
    if (nowMs < dueAtMs) return false;
    return nowMs >= idleUntilMs || (parts.emulator.instructionCounter() - counter) >>> 0 >= IDLE_INSTRUCTIONS;
  };

  const look = (): void => {
    const snapshot = introspector.snapshot(parts.emulator.memory());
    const events = diff(previous, snapshot);
    previous = snapshot;
    parts.notify({ type: "snapshot", snapshot, events, wallMs: parts.epochMs() });
  };

  const lookIfDue = (nowMs: number): void => {
    changed = introspector.changed(parts.emulator.memory()) || changed;
    if (nowMs < allowedAtMs || !(changed || dueByRate(nowMs))) return;
    look();
    changed = false;
    dueAtMs = nowMs + periodMs;
    idleUntilMs = nowMs + Math.max(periodMs, IDLE_PERIOD_MS);
    counter = parts.emulator.instructionCounter();
    costMs = Math.max(LEAST_COST_MS, Math.min(parts.now() - nowMs, costMs * COST_GROWTH));
    allowedAtMs = nowMs + Math.max(MIN_GAP_MS, costMs * COST_SHARE);
  };

  return {
    setHz(hz) {
      periodMs = hz > 0 ? 1_000 / hz : 0;
      dueAtMs = 0;
      idleUntilMs = 0;
    },
    afterSlice(nowMs) {
      if (periodMs === 0) return;
      try {
        lookIfDue(nowMs);
      } catch {
        failures++;
        allowedAtMs = nowMs + FAILED_GAP_MS;
      }
    },
    take: () => introspector.snapshot(parts.emulator.memory()),
    failures: () => failures,
  };
}
