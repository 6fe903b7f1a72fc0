import { expect, test } from "vitest";
import { createGovernor, type JitMode, PAUSE_INSTRUCTIONS } from "./governor.ts";

/** An emulator of which only the switch and the counter are seen. */
function governed(mode: JitMode, counter = 0) {
  const seen = { jit: null as boolean | null };
  const setJit = (on: boolean): void => {
    seen.jit = on;
  };
  const emulator = { setJit, instructionCounter: () => counter };
  const governor = createGovernor(mode, emulator);
  const slice = (instructions: number): boolean | null => {
    counter = (counter + instructions) >>> 0;
    governor.afterSlice();
    return seen.jit;
  };
  governor.start();
  return { governor, seen, slice };
}

test("after a compiled page it is interpreted until the pause has been executed", () => {
  const { governor, seen, slice } = governed("governed");
  expect(slice(PAUSE_INSTRUCTIONS * 5)).toBe(true);
  governor.onCompile();
  expect(seen.jit).toBe(false);
  expect(slice(PAUSE_INSTRUCTIONS - 1)).toBe(false);
  expect(slice(1)).toBe(true);
  governor.onCompile();
  expect(slice(1)).toBe(false);
  expect(governor.compiledPages()).toBe(2);
});

test("the instruction counter has 32 bits", () => {
  const { governor, slice } = governed("governed", 2 ** 32 - 10);
  governor.onCompile();
  expect(slice(PAUSE_INSTRUCTIONS - 1)).toBe(false);
  expect(slice(1)).toBe(true);
});

test("without the governor there are no pauses, or nothing is compiled", () => {
  const { governor, seen, slice } = governed("on");
  governor.onCompile();
  expect(seen.jit).toBe(true);
  expect(slice(PAUSE_INSTRUCTIONS)).toBe(true);
  expect(governed("off").slice(PAUSE_INSTRUCTIONS)).toBe(false);
});
