/**
 * The JIT governor: v86's JIT pays for sustained loops and costs on everything that lives briefly, because compiled
 * code is thrown away with the process. So it is off, until the guest has computed for a while without a pause.
 *
 * Pure: `decide(state, sample)`; the session samples and switches. A sample covers the time since the one before.
 */
export interface GovernorSample {
  /** Host time that the sample covers. */
  readonly elapsedMs: number;
  /** Guest instructions in that time. */
  readonly instructions: number;
}

export interface GovernorState {
  readonly jit: boolean;
  /** For how long the guest has been computing (JIT off) or idling (JIT on) without a break. */
  readonly streakMs: number;
}

export const SAMPLE_MS = 20;
/** Interpreted, a busy guest does 15 to 40 million instructions a second; a typing visitor's far less than this. */
const BUSY_PER_MS = 8_000;
/** Raising it spares short commands the compiler, and makes long ones start later: 1 s measured best on a mix. */
const BUSY_BEFORE_ON_MS = 1_000;
/** Compiled, a busy guest does over 50 million a second; below this it waits for something. */
const IDLE_PER_MS = 2_000;
const IDLE_BEFORE_OFF_MS = 60;

export const GOVERNOR_START: GovernorState = { jit: false, streakMs: 0 };

export function decide(state: GovernorState, sample: GovernorSample): GovernorState {
  if (sample.elapsedMs <= 0) return state;
  const perMs = sample.instructions / sample.elapsedMs;
  if (state.jit) {
    const streakMs = perMs < IDLE_PER_MS ? state.streakMs + sample.elapsedMs : 0;
    return streakMs >= IDLE_BEFORE_OFF_MS ? GOVERNOR_START : { jit: true, streakMs };
  }
  const streakMs = perMs >= BUSY_PER_MS ? state.streakMs + sample.elapsedMs : 0;
  return streakMs >= BUSY_BEFORE_ON_MS ? { jit: true, streakMs: 0 } : { jit: false, streakMs };
}
