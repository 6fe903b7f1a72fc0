import { expect, test } from "vitest";
import { COMPUTES_BEFORE_JIT, decide, GOVERNOR_START, type GovernorSample, type GovernorState } from "./governor.ts";

/** Interpreted, a guest does some 50 million instructions a second. */
const PER_MS = 50_000;
/** The first slice counts for nobody. */
const LONG_MS = COMPUTES_BEFORE_JIT / PER_MS + 1;
const runs = (program: string | null, busyMs: number): GovernorSample[] =>
  Array.from({ length: busyMs }, () => ({ instructions: PER_MS, idleMs: 0, program }));
const sleeps = (idleMs: number): GovernorSample => ({ instructions: 0, idleMs, program: "idle" });
const after = (start: GovernorState, ...samples: (GovernorSample | GovernorSample[])[]): GovernorState =>
  samples.flat().reduce(decide, start);

test("a short command runs interpreted", () => {
  expect(after(GOVERNOR_START, runs("10.1", 300)).jit).toBe(false);
});

test("a sustained loop runs compiled, until it ends", () => {
  const looping = after(GOVERNOR_START, runs("10.1", LONG_MS));
  expect(looping.jit).toBe(true);
  expect(after(looping, runs("10.1", 5_000)).jit).toBe(true);
  expect(after(looping, runs("11.1", 1)).jit).toBe(false);
  expect(after(looping, runs("10.1", 5_000), sleeps(4_000), runs("10.1", 1)).jit).toBe(false);
});

test("short commands one after the other do not add up", () => {
  const series = Array.from({ length: 50 }, (_, pid) => [...runs("1.1", 5), ...runs(`${100 + pid}.2`, 200)]).flat();
  expect(after(GOVERNOR_START, series).jit).toBe(false);
});

test("a server whose workers did the work is not taken for a loop", () => {
  const requests = Array.from({ length: 1_000 }, (_, pid) => [...runs("1.1", 1), ...runs(`${100 + pid}.1`, 1)]).flat();
  expect(after(GOVERNOR_START, requests).jit).toBe(false);
});

test("nor is one that does a little for each of many requests", () => {
  const requests = Array.from({ length: 1_000 }, (_, pid) => [
    ...runs("1.1", 16),
    ...runs(`${100 + pid}.1`, 84),
  ]).flat();
  expect(after(GOVERNOR_START, requests).jit).toBe(false);
});

test("an execve begins anew: the program is another", () => {
  expect(after(GOVERNOR_START, runs("10.1", LONG_MS - 1), runs("10.2", LONG_MS - 1)).jit).toBe(false);
});

test("a loop that a neighbour interrupts keeps what it has", () => {
  const interrupted = Array.from({ length: 100 }, () => [...runs("10.1", 8), ...runs("20.1", 1)]).flat();
  const state = after(GOVERNOR_START, interrupted);
  expect(after(state, runs("10.1", 1)).jit).toBe(true);
  expect(after(state, runs("20.1", 1)).jit).toBe(false);
});

test("a loop throttled to a fifth never counts as sustained", () => {
  const throttled = Array.from({ length: 200 }, () => [...runs("10.1", 20), sleeps(80)]).flat();
  expect(after(GOVERNOR_START, throttled).jit).toBe(false);
});

test("without introspection everything counts as one program", () => {
  expect(after(GOVERNOR_START, runs(null, LONG_MS)).jit).toBe(true);
});

test("only a few programs are remembered", () => {
  const many = Array.from({ length: 1_000 }, (_, pid) => runs(`${pid}.1`, 1)).flat();
  expect(after(GOVERNOR_START, many).credit.size).toBeLessThanOrEqual(8);
});
