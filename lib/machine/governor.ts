/**
 * The JIT governor. v86's JIT pays for sustained loops and costs on everything that lives briefly, because compiled
 * code is thrown away with the process. So it is on only while a process runs that has already computed for a while.
 *
 * How long a process has computed comes from the kernel itself: after each slice, `current` says who is running.
 * Counting the whole machine instead would switch the JIT on for a long series of short commands, where it hurts most.
 * Pure: `decide(state, sample)`; governor-switch.ts samples and switches. A sample covers one slice of emulation.
 */
export interface GovernorSample {
  /** Host time that the slice took, and the sleep before it. */
  readonly busyMs: number;
  readonly idleMs: number;
  /** Identifies process and program (it changes with execve); null where it is unknown: then all count as one. */
  readonly program: string | null;
}

export interface GovernorState {
  readonly jit: boolean;
  /** For how long each program has computed lately, the one that ran last at the end. */
  readonly ranMs: ReadonlyMap<string, number>;
}

/**
 * Compiling costs a loop about as much as this in interpreted time, so waiting for it at most doubles the price.
 * `ps -ef` and a container's start stay below it.
 */
export const COMPUTES_BEFORE_JIT_MS = 400;
/** A program that sleeps loses credit at this rate: one throttled to 20 % never counts as sustained. */
const IDLE_WEIGHT = 0.25;
/** So that a long loop is forgotten soon after its end. */
const MAX_CREDIT_MS = 2 * COMPUTES_BEFORE_JIT_MS;
const MAX_PROGRAMS = 8;

export const GOVERNOR_START: GovernorState = { jit: false, ranMs: new Map() };

export function decide(state: GovernorState, { busyMs, idleMs, program }: GovernorSample): GovernorState {
  const key = program ?? "";
  const ranMs = new Map<string, number>();
  for (const [other, credit] of state.ranMs) {
    const left = credit - idleMs * IDLE_WEIGHT;
    if (other !== key && left > 0) ranMs.set(other, left);
  }
  const credit = Math.max(0, (state.ranMs.get(key) ?? 0) - idleMs * IDLE_WEIGHT) + busyMs;
  ranMs.set(key, Math.min(MAX_CREDIT_MS, credit));
  const oldest = ranMs.size > MAX_PROGRAMS ? ranMs.keys().next().value : undefined;
  if (oldest !== undefined) ranMs.delete(oldest);
  return { jit: credit >= COMPUTES_BEFORE_JIT_MS, ranMs };
}
