/**
 * When the guest can afford a look at its kernel. It waits while it is looked at, so probes and looks may take a share of its
 * time: what is not spent is saved, up to a limit. After a calm while several looks may follow each other at once, so a change
 * is seen when it happens; a guest that forks without end gets as many looks as its share pays for.
 *
 * Pure: times come from the caller, all in ms.
 */
export interface LookBudget {
  allows(nowMs: number): boolean;
  /** After a probe that began at `nowMs` and took `costMs` while the guest had more to do. */
  probed(nowMs: number, costMs: number): void;
  /** After a look that began at `nowMs` and took `costMs`, of which the guest would have slept `idleMs`. */
  spend(nowMs: number, costMs: number, idleMs: number): void;
  /** No look before this. */
  holdUntil(ms: number): void;
}

/** Of the guest's time. */
const SHARE = 1 / 70;
/** Some ten looks at a guest with a few containers. */
const MAX_SAVED_MS = 6;
/** A look's time on the clock includes what other programs took of the core meanwhile, so one slow look is not believed. */
const COST_GROWTH = 1.5;
const LEAST_COST_MS = 0.1;
/** Probes take half of the share at most: a host on which they are slow still looks. */
const PROBE_SHARE = SHARE / 2;
/** Changes within this are shown together: below a frame, so nobody sees the difference. */
const MIN_GAP_MS = 6;

export function createLookBudget(): LookBudget {
  let savedMs = MAX_SAVED_MS;
  let countedAtMs = 0;
  let believedMs = LEAST_COST_MS;
  let notBeforeMs = 0;
  let probedAtMs = 0;
  return {
    allows(nowMs) {
      savedMs = Math.min(MAX_SAVED_MS, savedMs + Math.max(0, nowMs - countedAtMs) * SHARE);
      countedAtMs = nowMs;
      return nowMs >= notBeforeMs && savedMs > 0;
    },
    probed(nowMs, costMs) {
      savedMs -= Math.min(costMs, (nowMs - probedAtMs) * PROBE_SHARE);
      probedAtMs = nowMs;
    },
    spend(nowMs, costMs, idleMs) {
      believedMs = Math.max(LEAST_COST_MS, Math.min(costMs, believedMs * COST_GROWTH));
      savedMs -= Math.max(0, believedMs - idleMs);
      notBeforeMs = nowMs + MIN_GAP_MS;
    },
    holdUntil(ms) {
      notBeforeMs = ms;
    },
  };
}
