/**
 * Whether the guest still lives, judged from outside.
 *
 * - A CPU that is halted with interrupts disabled never wakes: `halt`, or a dead end of the kernel.
 * - A CPU that executes while jiffies stand still has its interrupts off, or is no longer running Linux. That is a
 *   suspicion only; the session then asks the agent, and only silence counts.
 *
 * A halted CPU with interrupts on is idle: with NO_HZ its jiffies may stand still for as long as nothing happens.
 * Pure: `watch(state, sample)`. Time the machine is paused does not count, gaps between samples are capped.
 */
export interface WatchSample {
  readonly elapsedMs: number;
  /** The kernel's jiffies (low word); null where the layout has no address for them. */
  readonly jiffies: number | null;
  /** Guest instructions since the last sample. */
  readonly instructions: number;
  readonly halted: boolean;
  readonly interruptsEnabled: boolean;
}

export interface WatchState {
  readonly jiffies: number | null;
  /** How long jiffies have stood still, and what was executed in that time. */
  readonly stillMs: number;
  readonly instructions: number;
  readonly deadMs: number;
  readonly verdict: "alive" | "suspect" | "dead";
}

const MAX_GAP_MS = 500;
const DEAD_AFTER_MS = 1_000;
const SUSPECT_AFTER_MS = 5_000;
/** An idle guest's wake-ups stay far below this in SUSPECT_AFTER_MS; a spinning one passes it in a second. */
const SUSPECT_INSTRUCTIONS = 20_000_000;

export const WATCH_START: WatchState = { jiffies: null, stillMs: 0, instructions: 0, deadMs: 0, verdict: "alive" };

export function watch(state: WatchState, sample: WatchSample): WatchState {
  const gapMs = Math.min(sample.elapsedMs, MAX_GAP_MS);
  const dead = sample.halted && !sample.interruptsEnabled;
  const deadMs = dead ? state.deadMs + gapMs : 0;
  const still = sample.jiffies !== null && sample.jiffies === state.jiffies;
  const stillMs = still ? state.stillMs + gapMs : 0;
  const instructions = still ? state.instructions + sample.instructions : 0;
  const suspect = stillMs >= SUSPECT_AFTER_MS && instructions >= SUSPECT_INSTRUCTIONS;
  const verdict = deadMs >= DEAD_AFTER_MS ? "dead" : suspect ? "suspect" : "alive";
  return { jiffies: sample.jiffies, stillMs, instructions, deadMs, verdict };
}
