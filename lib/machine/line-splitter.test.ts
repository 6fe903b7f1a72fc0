import { expect, test } from "vitest";
import { createLineSplitter } from "./line-splitter.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function split(maxLineBytes: number, ...chunks: Uint8Array[]): { lines: string[]; rest: string; dropped: number } {
  const lines: string[] = [];
  const splitter = createLineSplitter(maxLineBytes, (line) => lines.push(line));
  for (const chunk of chunks) splitter.push(chunk);
  return { lines, rest: splitter.rest(), dropped: splitter.dropped() };
}

test("lines end at newlines, wherever the chunks end", () => {
  expect(split(64, bytes("a\nb"), bytes("c\r\n\nd"))).toEqual({ lines: ["a", "bc", ""], rest: "d", dropped: 0 });
});

test("a character that two chunks share stays whole", () => {
  const hangul = bytes("한\n");
  expect(split(64, hangul.subarray(0, 2), hangul.subarray(2)).lines).toEqual(["한"]);
});

test("a line beyond the bound is dropped up to its newline, and counted", () => {
  expect(split(4, bytes("12345"), bytes("678\nok\n"))).toEqual({ lines: ["ok"], rest: "", dropped: 1 });
  expect(split(4, bytes("1234\n")).lines).toEqual(["1234"]);
});

test("memory does not grow with an endless line", () => {
  const splitter = createLineSplitter(16, () => {});
  for (let i = 0; i < 10_000; i++) splitter.push(bytes("x".repeat(100)));
  expect(splitter.rest()).toBe("");
});
