import { expect, test } from "vitest";
import { sampleTask } from "./sample-snapshot.ts";
import { processTree, visibleNodes } from "./tree.ts";

const pids = (nodes: ReturnType<typeof visibleNodes>) => nodes.map(({ task, depth }) => [task.pid, depth]);

test("children stand below their parents, in PID order whatever the input's", () => {
  const tasks = [sampleTask(9, { ppid: 2 }), sampleTask(2), sampleTask(1), sampleTask(3), sampleTask(4, { ppid: 2 })];
  expect(pids(visibleNodes(processTree(tasks)))).toEqual([
    [1, 0],
    [2, 1],
    [4, 2],
    [9, 2],
    [3, 1],
  ]);
});

test("a collapsed process hides its descendants only", () => {
  const tasks = [sampleTask(1), sampleTask(2), sampleTask(4, { ppid: 2 }), sampleTask(3)];
  expect(pids(visibleNodes(processTree(tasks), new Set([2])))).toEqual([
    [1, 0],
    [2, 1],
    [3, 1],
  ]);
});

test("without their parent, or in a ring, processes are still there once", () => {
  const tasks = [sampleTask(5, { ppid: 99 }), sampleTask(6, { ppid: 7 }), sampleTask(7, { ppid: 6 })];
  expect(pids(visibleNodes(processTree(tasks)))).toEqual([
    [5, 0],
    [6, 0],
    [7, 1],
  ]);
});

test("a thousand children of one parent, a thousand in a line", () => {
  const wide = Array.from({ length: 1_000 }, (_, index) => sampleTask(index + 2));
  const deep = Array.from({ length: 1_000 }, (_, index) => sampleTask(index + 2, { ppid: index + 1 }));
  expect(visibleNodes(processTree([sampleTask(1), ...wide]))).toHaveLength(1_001);
  expect(visibleNodes(processTree([sampleTask(1), ...deep])).at(-1)?.depth).toBe(1_000);
});
