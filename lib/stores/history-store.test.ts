import { expect, test } from "vitest";
import { sampleCgroup, sampleSnapshot } from "../model/sample-snapshot.ts";
import { type CgroupSample, EMPTY_HISTORY, recentCpuPercent, sampleHistory } from "./history-store.ts";

/** A snapshot in which the group has used that many milliseconds of CPU. */
const at = (seconds: number, usedMs: number) => {
  const cputime = { usage_usec: usedMs * 1_000, user_usec: usedMs * 1_000, system_usec: 0 };
  return sampleSnapshot(seconds, { cgroups: [sampleCgroup(5, "/box/web", { cputime })] });
};

const samplesOf = (...snapshots: ReturnType<typeof sampleSnapshot>[]): readonly CgroupSample[] =>
  snapshots.reduce(sampleHistory, EMPTY_HISTORY).cgroups.get(5) ?? [];

test("a container's first figure is what it used since it began", () => {
  expect(recentCpuPercent(samplesOf(sampleSnapshot(1), at(1.5, 100)))).toBe(20);
});

test("without a figure there is none, which is not 0", () => {
  expect(recentCpuPercent([])).toBeNull();
  expect(recentCpuPercent(samplesOf(at(1, 100)))).toBeNull();
});

test("samples count by their length: an idle guest is looked at rarely", () => {
  const busy = [at(1, 0), at(1.25, 250), at(1.5, 500)];
  expect(recentCpuPercent(samplesOf(...busy))).toBe(100);
  expect(recentCpuPercent(samplesOf(...busy, at(2, 500)))).toBe(50);
  expect(recentCpuPercent(samplesOf(...busy, at(2, 500), at(3, 500)))).toBe(0);
});
