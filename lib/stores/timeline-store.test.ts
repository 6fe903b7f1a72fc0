import { describe, expect, it } from "vitest";
import type { KernelEvent } from "../protocol/kernel-event.ts";
import type { RuntimeStep } from "../protocol/runtime-step.ts";
import { appendTimeline, type TimelineState } from "./timeline-store.ts";

const EMPTY: TimelineState = { entries: [], nextKey: 0 };
const throttled = (ms: number, id: number, usec: number): KernelEvent => ({
  kind: "throttled",
  atNs: ms * 1e6,
  sequence: ms,
  id,
  path: `/${id}`,
  periods: 1,
  usec,
});
const step = (atMs: number) => ({ atMs, step: "clone" }) as RuntimeStep;

describe("appendTimeline", () => {
  it("puts a step that arrives late at its time", () => {
    const first = appendTimeline(EMPTY, [throttled(100, 1, 5)], []);
    const { entries } = appendTimeline(first, [], [step(90)]);
    expect(entries.map((entry) => entry.atMs)).toEqual([90, 100]);
  });

  it("counts what a group at its limit repeats, each group for itself", () => {
    const { entries } = appendTimeline(
      EMPTY,
      [throttled(100, 1, 5), throttled(100, 2, 1), throttled(200, 1, 7), throttled(9_000, 1, 9)],
      [],
    );
    expect(entries.map((entry) => entry.type === "event" && entry.event)).toMatchObject([
      { id: 1, usec: 12, periods: 2 },
      { id: 2, usec: 1 },
      { id: 1, usec: 9 },
    ]);
  });

  it("stays bounded", () => {
    const many = Array.from({ length: 4_000 }, (_, index) => throttled(index * 10_000, 1, 1));
    const { entries } = appendTimeline(EMPTY, many, []);
    expect(entries.length).toBe(1_500);
    expect(entries.at(-1)?.atMs).toBe(39_990_000);
  });
});
