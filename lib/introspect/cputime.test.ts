import { expect, test } from "vitest";
import type { KernelLayout } from "../protocol/layout.ts";
import { CputimeReader } from "./cputime.ts";
import { fieldsOf } from "./fields.ts";
import { GuestMemory } from "./guest-memory.ts";

const layout: KernelLayout = {
  version: 1,
  kernelSha256: "",
  release: "",
  offsets: {
    "task_cputime.stime": 0,
    "task_cputime.utime": 8,
    "task_cputime.sum_exec_runtime": 16,
    "prev_cputime.utime": 0,
    "prev_cputime.stime": 8,
  },
  symbols: {},
};

/** `prev` is what the kernel printed last. */
function adjusted(utimeNs: number, stimeNs: number, runtimeNs: number, prev: readonly [utime: number, stime: number]) {
  const ram = new Uint8Array(64);
  const view = new DataView(ram.buffer);
  view.setBigUint64(32, BigInt(prev[0]), true);
  view.setBigUint64(40, BigInt(prev[1]), true);
  const memory = new GuestMemory();
  memory.attach(ram);
  const times = { utimeNs, stimeNs, runtimeNs };
  new CputimeReader(layout).adjust(memory, times, 32);
  return [times.utimeNs, times.stimeNs];
}

test("run time is split in the ratio of the ticks", () => {
  expect(adjusted(30, 10, 100, [0, 0])).toEqual([75, 25]);
});

test("without a tick all is user time, with system ticks only all is system time", () => {
  expect(adjusted(0, 0, 7, [0, 0])).toEqual([7, 0]);
  expect(adjusted(0, 4, 7, [0, 0])).toEqual([0, 7]);
});

test("neither part goes back behind what was printed", () => {
  expect(adjusted(30, 10, 100, [10, 40])).toEqual([60, 40]);
  expect(adjusted(10, 30, 100, [60, 10])).toEqual([60, 40]);
  expect(adjusted(10, 30, 100, [80, 30])).toEqual([80, 30]);
});

test("a layout that lacks a name is refused with the remedy", () => {
  expect(() => fieldsOf(layout, { pid: "task_struct.pid" })).toThrow(
    "layout.json: no task_struct.pid; rebuild the guest image",
  );
});
