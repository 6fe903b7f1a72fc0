import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createFrameQueue } from "./frame-queue.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function queued() {
  const flushed: (readonly number[])[] = [];
  return { queue: createFrameQueue<number>((items) => flushed.push(items)), flushed };
}

test("what comes after a calm frame is handed over at once, what follows within the frame together", () => {
  const { queue, flushed } = queued();
  for (const item of [1, 2, 3]) queue.push(item);
  expect(flushed).toEqual([[1]]);
  vi.advanceTimersByTime(300);
  expect(flushed).toEqual([[1], [2, 3]]);
  vi.advanceTimersByTime(300);
  queue.push(4);
  expect(flushed.at(-1)).toEqual([4]);
});

test("what is cleared does not come", () => {
  const { queue, flushed } = queued();
  queue.push(1);
  queue.push(2);
  queue.clear();
  vi.advanceTimersByTime(1_000);
  expect(flushed).toEqual([[1]]);
});
