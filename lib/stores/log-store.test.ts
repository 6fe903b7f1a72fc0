import { expect, test } from "vitest";
import { appendLines, EMPTY_LOG, logAt } from "./log-store.ts";

const at = (second: number) => ({ text: `line of ${second}`, atNs: second * 1e9 });
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => at(from + index));
const texts = ({ lines }: typeof EMPTY_LOG) => lines.map(({ text }) => text);

test("the log of a moment ends with the last line printed until then", () => {
  const state = appendLines(appendLines(EMPTY_LOG, [at(1), at(2)]), [at(5)]);
  expect(texts(logAt(state, 4e9))).toEqual(["line of 1", "line of 2"]);
  expect(texts(logAt(state, 5e9))).toEqual(["line of 1", "line of 2", "line of 5"]);
  expect(texts(logAt(state, 0.5e9))).toEqual([]);
  expect(logAt(state, null)).toBe(state);
});

test("lines of the past are the same objects, so that they are not drawn anew", () => {
  const state = appendLines(EMPTY_LOG, range(0, 10));
  expect(logAt(state, 3e9).lines[3]).toBe(state.lines[3]);
});

test("what is kept is bounded, and what is not is counted", () => {
  const state = appendLines(appendLines(EMPTY_LOG, range(0, 600)), range(600, 1_400));
  expect([state.lines.length, state.forgotten, state.lines[0]?.key]).toEqual([1_000, 400, 400]);
  expect(logAt(state, 300e9)).toEqual({ lines: [], forgotten: 400 });
  expect(new Set(state.lines.map(({ key }) => key)).size).toBe(1_000);
});
