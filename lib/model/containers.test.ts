import { expect, test } from "vitest";
import type { ContainerSummary } from "../protocol/agent.ts";
import { containerOfTask, containersOf } from "./containers.ts";
import { sampleCgroup, sampleSnapshot, sampleTask } from "./sample-snapshot.ts";

const summary = (id: string, with_: Partial<ContainerSummary> = {}): ContainerSummary => ({
  id,
  name: `name-of-${id}`,
  image: "busybox",
  status: "running",
  pid: null,
  cgroup: `/box/${id}`,
  ...with_,
});

const cgroups = [
  sampleCgroup(1, "/"),
  sampleCgroup(2, "/box"),
  sampleCgroup(3, "/box/aaaa", { parent: 2 }),
  sampleCgroup(4, "/box/aaaa/inner", { parent: 3 }),
];
const tasks = [
  sampleTask(1),
  sampleTask(21, { cgroup: 4, pids: [21, 2] }),
  sampleTask(20, { cgroup: 3, pids: [20, 1] }),
];

test("processes below a container's group are its own; the runtime gives name and image", () => {
  const [container] = containersOf(sampleSnapshot(1, { cgroups, tasks }), [summary("aaaa")]);
  expect(container).toMatchObject({ id: "aaaa", name: "name-of-aaaa", image: "busybox", status: "running" });
  expect(container?.tasks.map(({ pid }) => pid)).toEqual([20, 21]);
  expect(container?.init?.pid).toBe(20);
  expect(container?.cgroup?.id).toBe(3);
  expect(containerOfTask(container ? [container] : []).get(21)?.id).toBe("aaaa");
});

test("a group that the runtime has not told of yet is a container too", () => {
  const [container, ...others] = containersOf(sampleSnapshot(1, { cgroups, tasks }));
  expect(others).toEqual([]);
  expect(container).toMatchObject({ id: "aaaa", name: "aaaa", image: null });
});

test("the kernel has the last word on whether it runs", () => {
  const frozen = cgroups.map((cgroup) => ({ ...cgroup, frozen: cgroup.id === 3 }));
  const status = (snapshot: Partial<Parameters<typeof sampleSnapshot>[1]>, told: ContainerSummary) =>
    containersOf(sampleSnapshot(1, { cgroups, tasks, ...snapshot }), [told])[0]?.status;
  expect(status({ cgroups: frozen }, summary("aaaa"))).toBe("paused");
  expect(status({ tasks: [sampleTask(1)] }, summary("aaaa"))).toBe("stopped");
  expect(status({ tasks: [sampleTask(20, { cgroup: 3, state: "Z" })] }, summary("aaaa"))).toBe("stopped");
  expect(status({}, summary("aaaa", { status: "stopped" }))).toBe("running");
  expect(status({}, summary("aaaa", { status: "created" }))).toBe("created");
});

test("a stopped container without a group is still listed", () => {
  const list = containersOf(sampleSnapshot(1), [
    summary("bbbb", { status: "stopped" }),
    summary("aaaa", { status: "stopped" }),
  ]);
  expect(list.map(({ id, cgroup }) => [id, cgroup])).toEqual([
    ["aaaa", null],
    ["bbbb", null],
  ]);
});
