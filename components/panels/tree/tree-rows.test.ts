import { describe, expect, it } from "vitest";
import { task } from "../fixtures.ts";
import { treeRows } from "./tree-rows.ts";

const ALL = { filter: "", kernelThreads: true };
const shape = (rows: ReturnType<typeof treeRows>) => rows.map(({ task: { pid }, depth }) => [pid, depth]);

describe("treeRows", () => {
  it("puts children under their parent, by PID", () => {
    const tasks = [task({ pid: 1 }), task({ pid: 9, ppid: 4 }), task({ pid: 4, ppid: 1 }), task({ pid: 2, ppid: 1 })];
    expect(shape(treeRows(tasks, ALL))).toEqual([
      [1, 0],
      [2, 1],
      [4, 1],
      [9, 2],
    ]);
  });

  it("finds by name and by any PID that the process has", () => {
    const tasks = [task({ pid: 1 }), task({ pid: 50, ppid: 1, pids: [50, 3], comm: "nginx" })];
    expect(shape(treeRows(tasks, { ...ALL, filter: "NGI" }))).toEqual([[50, 0]]);
    expect(shape(treeRows(tasks, { ...ALL, filter: "3" }))).toEqual([[50, 0]]);
  });

  it("leaves kernel threads out unless asked", () => {
    const tasks = [task({ pid: 2, ppid: 0, kthread: true }), task({ pid: 1 })];
    expect(shape(treeRows(tasks, { ...ALL, kernelThreads: false }))).toEqual([[1, 0]]);
  });
});
