import { expect, test } from "vitest";
import { sampleCgroup, sampleSnapshot, sampleTask } from "./sample-snapshot.ts";
import { shareUnchanged } from "./share.ts";

test("what did not change is the former object, what did is equal to the next", () => {
  const former = sampleSnapshot(1, {
    tasks: [sampleTask(1), sampleTask(2)],
    cgroups: [sampleCgroup(1, "/"), sampleCgroup(2, "/a")],
  });
  const next = structuredClone({
    ...former,
    sequence: 2,
    tasks: [sampleTask(1), sampleTask(2, { comm: "other" }), sampleTask(3)],
  });
  const shared = shareUnchanged(former, next);
  expect(shared).toEqual(next);
  expect(shared.tasks[0]).toBe(former.tasks[0]);
  expect(shared.tasks[1]).not.toBe(former.tasks[1]);
  expect(shared.tasks[1]?.namespaces).toBe(former.tasks[1]?.namespaces);
  expect(shared.cgroups).toBe(former.cgroups);
});

test("a list that became shorter, an object that lost a key", () => {
  const longer = sampleTask(1, { pids: [1, 2, 3] });
  const next = structuredClone(sampleSnapshot(2, { tasks: [sampleTask(1, { pids: [1, 2] })] }));
  expect(shareUnchanged(sampleSnapshot(1, { tasks: [longer] }), next)).toEqual(next);
  const extra = { ...sampleTask(1), more: 1 };
  expect(
    shareUnchanged(sampleSnapshot(1, { tasks: [extra] }), structuredClone(sampleSnapshot(1))).tasks[0],
  ).not.toHaveProperty("more");
});
