import { expect, test } from "vitest";
import { BUSY_INSTRUCTIONS, createGovernor, type JitMode, PAUSE_INSTRUCTIONS } from "./governor.ts";

/** Interpreted, a guest does some 50 million instructions a second. */
const PER_MS = 50_000;

/** A governor of an emulator of which only the switch and the counter are seen. */
function guest(mode: JitMode = "governed", counter = 0) {
  let [jit, nowMs] = [null as boolean | null, 0];
  const setJit = (on: boolean): void => {
    jit = on;
  };
  const governor = createGovernor(mode, { setJit, instructionCounter: () => counter });
  const slice = (instructions: number, sleepMs = 0): void => {
    counter = (counter + instructions) >>> 0;
    nowMs += instructions / PER_MS;
    governor.afterSlice(nowMs, sleepMs);
    nowMs += sleepMs;
  };
  governor.start();
  return {
    governor,
    jit: () => jit,
    slice,
    computes(instructions: number) {
      for (let left = instructions; left > 0; left -= PER_MS) slice(Math.min(left, PER_MS));
    },
    sleeps: (ms: number) => slice(0, ms),
  };
}

test("a short command is interpreted, a loop is compiled", () => {
  const { computes, jit } = guest();
  computes(BUSY_INSTRUCTIONS - 1);
  expect(jit()).toBe(false);
  computes(1);
  expect(jit()).toBe(true);
});

test("after each compiled page it is interpreted until the pause has been executed", () => {
  const { governor, computes, jit } = guest();
  computes(BUSY_INSTRUCTIONS);
  governor.onCompile();
  expect(jit()).toBe(false);
  computes(PAUSE_INSTRUCTIONS - 1);
  expect(jit()).toBe(false);
  computes(1);
  expect(jit()).toBe(true);
  expect(governor.compiledPages()).toBe(1);
});

test("commands with thinking in between do not add up", () => {
  const { computes, sleeps, slice, jit } = guest();
  for (let command = 0; command < 50; command++) {
    computes(PER_MS * 300);
    expect(jit()).toBe(false);
    sleeps(1_000);
    slice(PER_MS / 10);
  }
});

test("commands one after the other do", () => {
  const { computes, sleeps, jit } = guest();
  for (let command = 0; command < 5; command++) {
    computes(PER_MS * 200);
    sleeps(20);
  }
  computes(1);
  expect(jit()).toBe(true);
});

test("a loop throttled to a fifth never counts", () => {
  const { computes, sleeps, jit } = guest();
  for (let period = 0; period < 200; period++) {
    computes(PER_MS * 20);
    sleeps(80);
  }
  expect(jit()).toBe(false);
});

test("who has computed for minutes is calm again after two seconds", () => {
  const { computes, sleeps, slice, jit } = guest();
  computes(BUSY_INSTRUCTIONS * 20);
  expect(jit()).toBe(true);
  sleeps(2_000);
  slice(PER_MS);
  expect(jit()).toBe(false);
});

test("the instruction counter has 32 bits", () => {
  const { computes, jit } = guest("governed", 2 ** 32 - 10);
  computes(BUSY_INSTRUCTIONS - 1);
  expect(jit()).toBe(false);
  computes(1);
  expect(jit()).toBe(true);
});

test("without the governor there are no pauses, or nothing is compiled", () => {
  const on = guest("on");
  on.governor.onCompile();
  expect(on.jit()).toBe(true);
  const off = guest("off");
  off.computes(BUSY_INSTRUCTIONS * 2);
  expect(off.jit()).toBe(false);
});
