/**
 * When the guest can afford a look at its kernel. It waits while it is looked at, so probes and looks may take a share of its
 * time: what is not spent is saved, up to a limit. After a calm while several looks may follow each other at once, so a change
 * is seen when it happens; a guest that forks without end gets as many looks as its share pays for.
 *
 * A look in the guest's sleep is free, if it slept on when the look was over. A guest that waits for a file or an answer also says that
 * it would sleep, until its next timer, and is woken long before.
 *
 * Its time is what it has run or slept. What other programs took of the core meanwhile is not counted, neither to it nor to a
 * look: on a busy host it gets as many looks in its own time as on a calm one.
 *
 * Pure: times come from the caller, all in ms.
 */
export interface LookBudget {
  /** After each slice of emulation: it ended at `nowMs`, and the guest sleeps for `sleepMs` until the next. */
  sliceEnded(nowMs: number, sleepMs: number): void;
  allows(nowMs: number): boolean;
  /** After a probe that took `costMs` while the guest had more to do. */
  probed(costMs: number): void;
  /** After a look that began at `nowMs`; reading and comparing took `costMs`. The guest wanted to sleep for `sleepMs`. */
  spend(nowMs: number, costMs: number, sleepMs: number): void;
  /** No look before this. */
  holdUntil(ms: number): void;
}

/** Of the guest's time. */
const SHARE = 1 / 70;
/** v86 ends a slice after 1 ms: one that took longer had the core taken away. */
const LONGEST_SLICE_MS = 1.25;
/** From the end of a look to that of the next slice: more than posting and one slice take, so the guest has slept in between. */
const SLEPT_ON_MS = 2 * LONGEST_SLICE_MS;
/**
 * What a look costs beyond reading and comparing, measured: posting the result, by which the host often hands the core to another
 * program, so that the clock would tell nothing; and what the guest's next slices lose, as a look pushes what the guest works on
 * out of the processor's caches. It hardly depends on how much there was to read: a guest that computes lost 0.55 ms a look, one
 * that starts processes without end 1.0, of which reading and comparing were 0.1 to 0.4.
 */
const AFTERMATH_MS = 0.7;
/** Some fifty looks at a guest with a few containers: what follows upon one command is seen as it happens. */
const MAX_SAVED_MS = 60;
/**
 * What a look or a probe takes by the clock includes what other programs took of the core meanwhile, so a slow one is not believed:
 * what is believed follows those of the middle, by these steps to six of ten.
 */
const COST_GROWTH = 1.4;
const COST_DECLINE = 0.8;
const LEAST_LOOK_MS = 0.1;
const LEAST_PROBE_MS = 0.002;
/** Probes take half of the share at most: a host on which they are slow still looks. */
const PROBE_SHARE = SHARE / 2;
/** Changes within this are shown together: below a frame, so nobody sees the difference. */
const MIN_GAP_MS = 6;

export function createLookBudget(): LookBudget {
  let savedMs = MAX_SAVED_MS;
  let lookMs = LEAST_LOOK_MS;
  let probeMs = LEAST_PROBE_MS;
  let notBeforeMs = 0;
  let endedAtMs = 0;
  let sleepsMs = 0;
  let passedMs = 0;
  let lookedUntilMs = 0;
  /** What the last look was charged, if the guest may have slept on after it. */
  let refundMs = 0;
  return {
    sliceEnded(nowMs, sleepMs) {
      if (nowMs - lookedUntilMs > SLEPT_ON_MS) savedMs += refundMs;
      refundMs = 0;
      passedMs = Math.min(Math.max(0, nowMs - endedAtMs), sleepsMs + LONGEST_SLICE_MS);
      savedMs = Math.min(MAX_SAVED_MS, savedMs + passedMs * SHARE);
      endedAtMs = nowMs;
      sleepsMs = sleepMs;
    },
    allows: (nowMs) => nowMs >= notBeforeMs && savedMs > 0,
    probed(costMs) {
      probeMs = Math.max(LEAST_PROBE_MS, believed(probeMs, costMs));
      savedMs -= Math.min(probeMs, passedMs * PROBE_SHARE);
    },
    spend(nowMs, costMs, sleepMs) {
      lookMs = Math.max(LEAST_LOOK_MS, believed(lookMs, costMs));
      savedMs -= lookMs + AFTERMATH_MS;
      lookedUntilMs = nowMs + costMs;
      refundMs = sleepMs > costMs + SLEPT_ON_MS ? lookMs + AFTERMATH_MS : 0;
      notBeforeMs = nowMs + MIN_GAP_MS;
    },
    holdUntil(ms) {
      notBeforeMs = ms;
    },
  };
}

function believed(formerMs: number, costMs: number): number {
  return Math.min(formerMs * COST_GROWTH, Math.max(formerMs * COST_DECLINE, costMs));
}
