import { describe, expect, it } from "vitest";
import {
  bringToFront,
  canMove,
  DEFAULT_ARRANGEMENT,
  movePanel,
  PANEL_NAMES,
  parseArrangement,
  SLOTS,
} from "./arrangement.ts";

const all = (arrangement: typeof DEFAULT_ARRANGEMENT) => SLOTS.flatMap((slot) => arrangement[slot].panels).sort();

describe("movePanel", () => {
  it("takes a panel to another slot and brings it to the front there", () => {
    const moved = movePanel(DEFAULT_ARRANGEMENT, "tree", "center");
    expect(moved.left).toEqual({ panels: [], front: null });
    expect(moved.center).toEqual({ panels: ["glass", "layers", "network", "tree"], front: "tree" });
    expect(all(moved)).toEqual([...PANEL_NAMES].sort());
  });

  it("shows the next tab where one left", () => {
    expect(movePanel(DEFAULT_ARRANGEMENT, "glass", "left").center.front).toBe("layers");
  });

  it("never empties the middle", () => {
    const one = movePanel(movePanel(DEFAULT_ARRANGEMENT, "layers", "left"), "network", "left");
    expect(canMove(one, "glass", "left")).toBe(false);
    expect(movePanel(one, "glass", "left")).toBe(one);
  });
});

describe("parseArrangement", () => {
  it("reads back what was written", () => {
    const moved = bringToFront(movePanel(DEFAULT_ARRANGEMENT, "details", "bottom"), "timeline");
    expect(parseArrangement(JSON.stringify(moved))).toEqual(moved);
  });

  it("puts right what is not of this page", () => {
    const broken =
      '{"center":{"panels":["glass","glass","nothing"],"front":"nothing"},"left":{"panels":["glass"]},"x":1}';
    const parsed = parseArrangement(broken);
    expect(all(parsed)).toEqual([...PANEL_NAMES].sort());
    expect([parsed.left.front, parsed.center.front]).toEqual(["glass", "layers"]);
    for (const text of ["", "null", "[]", "{", '{"center":{"panels":[]}}'])
      expect(all(parseArrangement(text))).toEqual([...PANEL_NAMES].sort());
  });
});
