import { expect, test } from "vitest";
import { decide, GOVERNOR_START, type GovernorState } from "./governor.ts";

const BUSY = { elapsedMs: 20, instructions: 20 * 20_000 };
const COMPILED = { elapsedMs: 20, instructions: 20 * 80_000 };
const IDLE = { elapsedMs: 100, instructions: 5_000 };

const after = (start: GovernorState, ...samples: Parameters<typeof decide>[1][]): GovernorState =>
  samples.reduce(decide, start);
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

test("a short command does not switch the JIT on", () => {
  expect(after(GOVERNOR_START, ...times(15, BUSY), IDLE).jit).toBe(false);
});

test("short commands one after the other do not add up", () => {
  const session = times(20, [...times(15, BUSY), IDLE]).flat();
  expect(after(GOVERNOR_START, ...session).jit).toBe(false);
});

test("a sustained loop switches it on, and the loop's end off", () => {
  const looping = after(GOVERNOR_START, ...times(60, BUSY));
  expect(looping.jit).toBe(true);
  expect(after(looping, ...times(100, COMPILED)).jit).toBe(true);
  expect(after(looping, COMPILED, IDLE).jit).toBe(false);
});

test("a sample without time decides nothing", () => {
  expect(decide(GOVERNOR_START, { elapsedMs: 0, instructions: 1_000_000 })).toBe(GOVERNOR_START);
});
