import { expect, test } from "vitest";
import { WATCH_START, type WatchSample, watch } from "./watchdog.ts";

const SAMPLE: WatchSample = {
  elapsedMs: 250,
  jiffies: 100,
  instructions: 10_000_000,
  halted: false,
  interruptsEnabled: true,
};
const verdictAfter = (count: number, sample: (index: number) => WatchSample) =>
  Array.from({ length: count }, (_, index) => sample(index)).reduce(watch, WATCH_START).verdict;

test("a busy guest whose jiffies pass is alive", () => {
  expect(verdictAfter(1_000, (index) => ({ ...SAMPLE, jiffies: index }))).toBe("alive");
});

test("an idle guest whose jiffies stand still is alive: NO_HZ stops the tick", () => {
  expect(verdictAfter(1_000, () => ({ ...SAMPLE, halted: true, instructions: 2_000 }))).toBe("alive");
});

test("a guest that computes while jiffies stand still is suspected, but not at once", () => {
  expect(verdictAfter(10, () => SAMPLE)).toBe("alive");
  expect(verdictAfter(30, () => SAMPLE)).toBe("suspect");
});

test("a halted CPU that no interrupt can wake is dead", () => {
  const sample = { ...SAMPLE, halted: true, interruptsEnabled: false, instructions: 0 };
  expect(verdictAfter(2, () => sample)).toBe("alive");
  expect(verdictAfter(5, () => sample)).toBe("dead");
});

test("the time of a pause does not count", () => {
  const paused = { ...SAMPLE, elapsedMs: 3_600_000 };
  expect([paused, SAMPLE, SAMPLE].reduce(watch, WATCH_START).verdict).toBe("alive");
});

test("without an address for jiffies nothing is suspected", () => {
  expect(verdictAfter(1_000, () => ({ ...SAMPLE, jiffies: null }))).toBe("alive");
});
