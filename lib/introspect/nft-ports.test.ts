import { expect, test } from "vitest";
import { narrowed } from "./nft-ports.ts";

const range = (first: number, last = first) => ({ first, last });

test("what a rule compares one after the other is what it matches", () => {
  const above = narrowed(null, [range(8_001, 65_535)]);
  expect(narrowed(above, [range(0, 8_010)])).toEqual([range(8_001, 8_010)]);
  expect(narrowed([range(1, 10), range(20, 30)], [range(5, 25)])).toEqual([range(5, 10), range(20, 25)]);
  expect(narrowed([range(80)], [range(443)])).toEqual([]);
});

test("a range that is none matches nothing, and many of many end", () => {
  expect(narrowed(null, [range(0, -1)])).toEqual([]);
  const many = Array.from({ length: 5_000 }, (_, port) => range(port));
  expect(narrowed(many, many).length).toBeLessThan(100);
});
