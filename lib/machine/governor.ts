/**
 * The JIT governor. v86 compiles a page of guest code after 200,000 instructions in it were interpreted. Compiled code is
 * several times faster and stays for as long as its page does: the kernel and the programs in the page cache keep theirs from
 * one command to the next. But compiling all that the first commands touch would make them wait three times as long.
 *
 * So the price is paid in instalments: after each compiled page, v86 only interprets (and runs what is compiled already) until
 * the guest has executed `PAUSE_INSTRUCTIONS`. The hottest pages come first, no command is held up by more than a few, and a
 * sustained loop, which gets through its pauses the faster the more of it is compiled, is soon compiled whole.
 * Counted in guest instructions, not host time, so that a busy host changes nothing.
 */
import type { Emulator } from "./emulator.ts";

/** Pages compiled in instalments, all at once, or none. */
export type JitMode = "governed" | "on" | "off";

/**
 * Smaller, and the browser's compiler threads take a second core from the page; greater, and the compiled code comes too late.
 * Translating a page holds the guest up for about as long as interpreting a tenth of this.
 */
export const PAUSE_INSTRUCTIONS = 3_000_000;

export interface Governor {
  start(): void;
  /** v86 has begun to compile a page. */
  onCompile(): void;
  afterSlice(): void;
  /** Since the start. */
  compiledPages(): number;
}

export function createGovernor(mode: JitMode, emulator: Pick<Emulator, "setJit" | "instructionCounter">): Governor {
  let compiled = 0;
  /** The instruction counter, 32 bits, when the present pause began; null between pauses. */
  let pausedAt: number | null = null;
  return {
    start() {
      emulator.setJit(mode !== "off");
    },
    onCompile() {
      compiled++;
      if (mode !== "governed") return;
      pausedAt = emulator.instructionCounter();
      emulator.setJit(false);
    },
    afterSlice() {
      if (pausedAt === null || (emulator.instructionCounter() - pausedAt) >>> 0 < PAUSE_INSTRUCTIONS) return;
      pausedAt = null;
      emulator.setJit(true);
    },
    compiledPages: () => compiled,
  };
}
