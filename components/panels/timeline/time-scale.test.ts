import { describe, expect, it } from "vitest";
import { timeScale } from "./time-scale.ts";

const anchors = [
  { ms: 1_000, x: 0 },
  { ms: 1_010, x: 50 },
  { ms: 1_010, x: 60 },
  { ms: 9_000, x: 160 },
];

describe("timeScale", () => {
  const scale = timeScale(anchors, 180, 9_400);

  it("runs evenly between marks and both ways", () => {
    expect(scale.xAt(1_005)).toBe(25);
    expect(scale.msAt(25)).toBe(1_005);
    expect(scale.msAt(110)).toBe(5_005);
    expect(scale.xAt(5_005)).toBe(110);
  });

  it("goes on after the last mark until now", () => {
    expect(scale.endX).toBe(196);
    expect(scale.xAt(9_400)).toBe(196);
    expect(scale.msAt(196)).toBeCloseTo(9_400);
    expect(scale.msAt(9_999)).toBe(9_400);
  });

  it("stays within what there is", () => {
    expect(scale.xAt(0)).toBe(0);
    expect(scale.msAt(-5)).toBe(1_000);
    expect(timeScale([], 0, 500).endX).toBe(0);
  });
});
