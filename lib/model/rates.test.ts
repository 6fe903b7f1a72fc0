import { expect, test } from "vitest";
import { ratesBetween } from "./rates.ts";
import { sampleCgroup, sampleCpu, sampleSnapshot, sampleTask } from "./sample-snapshot.ts";

test("shares of the CPU over guest time", () => {
  const group = (usage_usec: number, nr_periods: number, nr_throttled: number) =>
    sampleCgroup(5, "/box", {
      cputime: { usage_usec, user_usec: usage_usec / 2, system_usec: usage_usec / 2 },
      cpu: sampleCpu({ nr_periods, nr_throttled }),
    });
  const rates = ratesBetween(
    sampleSnapshot(1, { tasks: [sampleTask(10)], cgroups: [group(0, 0, 0)] }),
    sampleSnapshot(3, { tasks: [sampleTask(10, { utimeNs: 4e8, stimeNs: 1e8 })], cgroups: [group(400_000, 20, 5)] }),
  );
  expect(rates?.overNs).toBe(2e9);
  expect(rates?.tasks.get(10)).toEqual({ cpuPercent: 25 });
  expect(rates?.cgroups.get(5)).toEqual({ cpuPercent: 20, userPercent: 10, systemPercent: 10, throttledPercent: 25 });
});

test("no guest time, no rates; no periods, no throttled share", () => {
  expect(ratesBetween(sampleSnapshot(2), sampleSnapshot(2))).toBeNull();
  const group = { cgroups: [sampleCgroup(5, "/box")] };
  const rates = ratesBetween(sampleSnapshot(1, group), sampleSnapshot(2, group));
  expect(rates?.cgroups.get(5)?.throttledPercent).toBeNull();
});

test("what began in between has used all of its time there; what was merely not seen has no rate", () => {
  const used = { utimeNs: 5e8, stimeNs: 0 };
  const cputime = { usage_usec: 500_000, user_usec: 500_000, system_usec: 0 };
  const rates = ratesBetween(
    sampleSnapshot(1, { tasks: [sampleTask(10)] }),
    sampleSnapshot(3, {
      tasks: [sampleTask(10, { startTimeNs: 2e9, ...used }), sampleTask(11, { startTimeNs: 5e8, ...used })],
      cgroups: [sampleCgroup(5, "/box", { cputime })],
    }),
  );
  expect(rates?.tasks.get(10)).toEqual({ cpuPercent: 25 });
  expect(rates?.tasks.has(11)).toBe(false);
  expect(rates?.cgroups.get(5)?.cpuPercent).toBe(25);
});
