/**
 * When the guest can afford a look at its kernel. It waits while it is looked at, so probes and looks may take a share of its
 * time: what is not spent is saved, up to a limit. After a calm while several looks may follow each other at once, so a change
 * is seen when it happens; a guest that forks without end gets as many looks as its share pays for.
 *
 * Of time that it has slept a larger share is saved, as nobody waited for it then. What it has slept is known afterwards only: one that
 * waits for a file says that it would sleep until its next timer, too, and is woken long before.
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
  /** After a look that began at `nowMs`; reading and comparing took `costMs`. */
  spend(nowMs: number, costMs: number): void;
  /** No look before this. */
  holdUntil(ms: number): void;
}

/** Of the time that the guest has run. */
const SHARE = 1 / 70;
/** Of the time that it has slept. A shell at work sleeps for most of its time: what follows upon its commands is paid by that. */
const SLEEP_SHARE = 1 / 10;
/** v86 ends a slice after 1 ms: one that took longer had the core taken away. */
const LONGEST_SLICE_MS = 1.25;
/** The guest's, at 250 Hz. One that sleeps no longer waits for something or has only just become idle; a busy host makes it look long. */
const TICK_MS = 4;
/** A guest that was woken at once has come to the end of its next slice by then, even if it was looked at in between. */
const WOKEN_MS = 2 * LONGEST_SLICE_MS;
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
  return {
    sliceEnded(nowMs, sleepMs) {
      passedMs = Math.min(Math.max(0, nowMs - endedAtMs), sleepsMs + LONGEST_SLICE_MS);
      const sleptMs = sleepsMs > TICK_MS ? Math.max(0, passedMs - WOKEN_MS) : 0;
      savedMs = Math.min(MAX_SAVED_MS, savedMs + (passedMs - sleptMs) * SHARE + sleptMs * SLEEP_SHARE);
      endedAtMs = nowMs;
      sleepsMs = sleepMs;
    },
    allows: (nowMs) => nowMs >= notBeforeMs && savedMs > 0,
    probed(costMs) {
      probeMs = Math.max(LEAST_PROBE_MS, believed(probeMs, costMs));
      savedMs -= Math.min(probeMs, passedMs * PROBE_SHARE);
    },
    spend(nowMs, costMs) {
      lookMs = Math.max(LEAST_LOOK_MS, believed(lookMs, costMs));
      savedMs -= lookMs + AFTERMATH_MS;
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
