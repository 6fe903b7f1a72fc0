import { expect, test } from "vitest";
import { cgroupWrites, NO_LIMITS, type Resources, weightOfShares } from "./resources.ts";

const written = (limits: Partial<Resources>) =>
  Object.fromEntries(cgroupWrites({ ...NO_LIMITS, ...limits }).map(({ file, value }) => [file, value]));

test("no limit, no write", () => {
  expect(cgroupWrites(NO_LIMITS)).toEqual([]);
});

test("memory, swap as the part beyond memory, reservation", () => {
  expect(written({ memoryBytes: 104857600, memorySwapBytes: 209715200, memoryReservationBytes: 1024 })).toEqual({
    "memory.max": "104857600",
    "memory.swap.max": "104857600",
    "memory.low": "1024",
  });
  expect(written({ memoryBytes: -1, memorySwapBytes: -1 })).toEqual({ "memory.max": "max", "memory.swap.max": "max" });
});

test("cpu quota, period, shares", () => {
  expect(written({ cpuQuotaUsec: 20_000 })).toEqual({ "cpu.max": "20000 100000" });
  expect(written({ cpuQuotaUsec: -1, cpuPeriodUsec: 50_000 })).toEqual({ "cpu.max": "max 50000" });
  expect([2, 1024, 262144].map(weightOfShares)).toEqual([1, 39, 10000]);
});

test("pids: zero and below are no limit, as docker's", () => {
  expect(written({ pids: 100 })).toEqual({ "pids.max": "100" });
  expect(written({ pids: -1 })).toEqual({ "pids.max": "max" });
});
