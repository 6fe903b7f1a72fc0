import { expect, test } from "vitest";
import { binarySize, humanDuration, humanSize, parseInteger, parseSizeBytes } from "./units.ts";

test.each([
  ["100M", 104857600],
  ["100m", 104857600],
  ["1g", 1073741824],
  ["1.5k", 1536],
  ["64kb", 65536],
  ["64KiB", 65536],
  ["4194304", 4194304],
  ["10b", 10],
])("%s is %d bytes", (text, bytes) => {
  expect(parseSizeBytes(text)).toBe(bytes);
});

test.each(["", "10x", "-5m", "M", "1..5m", "99999999999t", "0x10"])("%j is no size", (text) => {
  expect(() => parseSizeBytes(text)).toThrow("invalid size");
});

test("integers", () => {
  expect(parseInteger("-1")).toBe(-1);
  expect(() => parseInteger("1.5")).toThrow('parsing "1.5"');
});

test("what people read", () => {
  expect([humanSize(4430000), humanSize(999), binarySize(104857600)]).toEqual(["4.43MB", "999B", "100MiB"]);
  expect([0, 1000, 59_000, 61_000, 3_600_000, 90_000_000].map(humanDuration)).toEqual([
    "Less than a second",
    "1 second",
    "59 seconds",
    "About a minute",
    "About an hour",
    "25 hours",
  ]);
});
