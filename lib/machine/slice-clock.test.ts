import { expect, test } from "vitest";
import { createSliceClock } from "./slice-clock.ts";

function clockOn(host: { ms: number }) {
  const clock = createSliceClock(() => host.ms);
  const at = (ms: number): number => {
    host.ms = ms;
    return clock.now();
  };
  return { ...clock, at };
}

test("in a slice it is the host's, up to 4 ms; what the host took is made up between two slices", () => {
  const clock = clockOn({ ms: 100 });
  clock.beginSlice();
  expect([100, 101.5, 104, 109, 130].map(clock.at)).toEqual([100, 101.5, 104, 104, 104]);
  clock.endSlice();
  expect(clock.at(131)).toBe(131);
  clock.beginSlice();
  expect([131, 140].map(clock.at)).toEqual([131, 135]);
});

test("a slice counts from its first look, so it ends however long the host waited before that", () => {
  const clock = clockOn({ ms: 100 });
  clock.beginSlice();
  expect([150, 151.1].map(clock.at)).toEqual([150, 151.1]);
});
