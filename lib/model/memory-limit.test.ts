import { expect, test } from "vitest";
import { memoryLimit, memoryScale } from "./memory-limit.ts";
import { sampleCgroup, sampleMemory } from "./sample-snapshot.ts";

test("the least limit on the way up holds", () => {
  const root = sampleCgroup(1, "/");
  const outer = sampleCgroup(2, "/a", { parent: 1, memory: sampleMemory({ max: 50 }) });
  const inner = sampleCgroup(3, "/a/b", { parent: 2, memory: sampleMemory({ max: 80 }) });
  const free = sampleCgroup(4, "/c", { parent: 1, memory: sampleMemory() });
  const groups = [root, outer, inner, free];
  expect(memoryLimit(groups, inner)).toEqual({ bytes: 50, of: outer });
  expect(memoryLimit(groups, free)).toBeNull();
});

test("a scale without a limit leaves room above the peak", () => {
  const MiB = 1024 * 1024;
  expect([memoryScale(0), memoryScale(4 * MiB), memoryScale(13 * MiB), memoryScale(14 * MiB)]).toEqual([
    4 * MiB,
    8 * MiB,
    16 * MiB,
    32 * MiB,
  ]);
});
