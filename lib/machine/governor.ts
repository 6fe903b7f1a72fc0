/**
 * The JIT governor. v86 compiles a page of guest code after 200,000 instructions in it were interpreted. Compiled code is
 * several times faster and stays for as long as its page does: the kernel and the programs in the page cache keep theirs from
 * one command to the next. But a short command is over before that pays, and the browser's compiler wants a core for itself.
 *
 * So nothing is compiled until the guest has been busy for a while, and then in instalments: after each page v86 interprets (and
 * runs what is compiled) until the guest has executed `PAUSE_INSTRUCTIONS`. The hottest pages come first, and the more of a loop
 * is compiled, the faster it gets through its pauses. What was compiled stays in use when the guest is calm again.
 *
 * How busy it has been is counted in guest instructions, not host time, so that a busy host does not make a short command long.
 * Time in which the guest sleeps takes from the count: a series of commands with thinking in between never gets there, nor does a
 * program that its cgroup throttles to a fifth.
 */
import type { Emulator } from "./emulator.ts";

/** Compiled in instalments while the guest is busy, compiled without pauses, or never. */
export type JitMode = "governed" | "on" | "off";

/** `ps -ef` (16 million) and a container's start (10 million) stay below it. */
export const BUSY_INSTRUCTIONS = 24_000_000;
/** Interpreted, a guest does some 50,000 in a millisecond: one that runs for less than a third of the time is not busy. */
const LOST_PER_IDLE_MS = 25_000;
/** So that a guest which has computed for minutes is calm again within two seconds. */
const MOST_COUNTED = 2 * BUSY_INSTRUCTIONS;
export const PAUSE_INSTRUCTIONS = 1_000_000;

export interface Governor {
  start(): void;
  /** v86 has begun to compile a page. */
  onCompile(): void;
  /** `sleepMs`: how long the guest wants to sleep now; 0 while it has more to do. */
  afterSlice(nowMs: number, sleepMs: number): void;
  /** Since the start. */
  compiledPages(): number;
}

export function createGovernor(mode: JitMode, emulator: Pick<Emulator, "setJit" | "instructionCounter">): Governor {
  let jit = mode === "on";
  let compiled = 0;
  let busy = 0;
  let pause = 0;
  /** 32 bits. */
  let counter = 0;
  /** When it went to sleep; null while it runs. */
  let asleepAtMs: number | null = null;

  const set = (on: boolean): void => {
    if (on !== jit) emulator.setJit(on);
    jit = on;
  };
  return {
    start() {
      emulator.setJit(jit);
      counter = emulator.instructionCounter();
    },
    onCompile() {
      compiled++;
      if (mode !== "governed") return;
      pause = PAUSE_INSTRUCTIONS;
      set(false);
    },
    afterSlice(nowMs, sleepMs) {
      if (mode !== "governed") return;
      const now = emulator.instructionCounter();
      const executed = (now - counter) >>> 0;
      const idleMs = asleepAtMs === null ? 0 : nowMs - asleepAtMs;
      counter = now;
      asleepAtMs = sleepMs > 0 ? nowMs : null;
      pause -= executed;
      busy = Math.min(MOST_COUNTED, Math.max(0, busy - idleMs * LOST_PER_IDLE_MS) + executed);
      set(busy >= BUSY_INSTRUCTIONS && pause <= 0);
    },
    compiledPages: () => compiled,
  };
}
