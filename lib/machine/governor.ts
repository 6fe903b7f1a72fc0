/**
 * The JIT governor. v86's JIT pays for sustained loops and costs on everything that lives briefly, because compiled
 * code is thrown away with the process. So it is on only while a process runs that has already computed for a while.
 *
 * How much a process has computed comes from the kernel itself: after each slice, `current` says who is running.
 * Counting the whole machine instead would switch the JIT on for a long series of short commands, where it hurts most.
 * It is counted in guest instructions, not host time, so that a busy host does not make a short command look long.
 * Pure: `decide(state, sample)`; governor-switch.ts samples and switches. A sample covers one slice of emulation.
 */
export interface GovernorSample {
  /** Guest instructions of the slice; 0 when the CPU idled. */
  readonly instructions: number;
  /** Host time since the slice before, in which nothing was executed. */
  readonly idleMs: number;
  /** Identifies process and program (it changes with execve); null where it is unknown: then all count as one. */
  readonly program: string | null;
}

export interface GovernorState {
  readonly jit: boolean;
  /** How many instructions each program has computed lately, the one that ran last at the end. */
  readonly credit: ReadonlyMap<string, number>;
}

/**
 * Compiling costs a loop about as much as interpreting this many, so waiting for it at most doubles the price. `ps -ef`
 * (16 million) and a container's start (7 million) stay below it.
 */
export const COMPUTES_BEFORE_JIT = 24_000_000;
/** A program that sleeps loses credit: one throttled to 20 % of the CPU never counts as sustained. */
const LOST_PER_IDLE_MS = 12_500;
/** While others compute, so that a server which does little for each of many requests does not count as sustained either. */
const LOST_PER_FOREIGN_INSTRUCTION = 0.25;
/** So that a long loop is forgotten soon after its end. */
const MAX_CREDIT = 2 * COMPUTES_BEFORE_JIT;
const MAX_PROGRAMS = 8;

export const GOVERNOR_START: GovernorState = { jit: false, credit: new Map() };

export function decide(state: GovernorState, { instructions, idleMs, program }: GovernorSample): GovernorState {
  const key = program ?? "";
  const lost = idleMs * LOST_PER_IDLE_MS;
  const credit = new Map<string, number>();
  const lostByOthers = lost + instructions * LOST_PER_FOREIGN_INSTRUCTION;
  for (const [other, had] of state.credit)
    if (other !== key && had > lostByOthers) credit.set(other, had - lostByOthers);
  // A slice is one program's where it ran at both ends: else most of it may have been others' (a server whose workers come and go).
  const ranBefore = [...state.credit.keys()].at(-1) === key;
  const own = Math.max(0, (state.credit.get(key) ?? 0) - lost) + (ranBefore ? instructions : 0);
  credit.set(key, Math.min(MAX_CREDIT, own));
  const oldest = credit.size > MAX_PROGRAMS ? credit.keys().next().value : undefined;
  if (oldest !== undefined) credit.delete(oldest);
  return { jit: own >= COMPUTES_BEFORE_JIT, credit };
}
