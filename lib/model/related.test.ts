import { expect, test } from "vitest";
import { capabilityNames } from "./capabilities.ts";
import { insideId, insideUid } from "./id-map.ts";
import { relatedTo } from "./related.ts";
import { HOST, sampleDevice, sampleMount, sampleNamespace, sampleSnapshot, sampleTask } from "./sample-snapshot.ts";

const inside = { ...HOST, mnt: 20, net: 30, user: 60 };
const map = [{ inside: 0, outside: 100_000, count: 65_536 }];
const snapshot = sampleSnapshot(1, {
  tasks: [sampleTask(1), sampleTask(9, { namespaces: inside, cgroup: 5, uid: 100_033 })],
  namespaces: [sampleNamespace("user", 60, { level: 1, uidMap: map })],
  mounts: [sampleMount(1, HOST.mnt, "/"), sampleMount(2, 20, "/")],
  netDevices: [
    sampleDevice(3, HOST.net, "veth0", { peer: { ifindex: 2, namespace: 30 } }),
    sampleDevice(2, 30, "eth0", { peer: { ifindex: 3, namespace: HOST.net } }),
  ],
});

test("a process lights its namespaces, its cgroup and what lies in them", () => {
  const related = relatedTo(snapshot, { kind: "task", pid: 9, startTimeNs: 9e6 });
  expect([...related.namespaces]).toContain(20);
  expect([...related.cgroups]).toEqual([5]);
  expect([...related.mounts]).toEqual(["20 2"]);
  expect([...related.devices]).toEqual(["30 2"]);
});

test("a device lights its other end and the processes that can use it", () => {
  const related = relatedTo(snapshot, { kind: "device", namespace: 30, ifindex: 2 });
  expect([...related.devices]).toEqual(["30 2", `${HOST.net} 3`]);
  expect([...related.tasks]).toEqual([9]);
});

test("one answer a snapshot and selection, and none for what is gone", () => {
  const selection = { kind: "cgroup", id: 5 } as const;
  expect(relatedTo(snapshot, selection)).toBe(relatedTo(snapshot, selection));
  expect(relatedTo(snapshot, { kind: "task", pid: 77, startTimeNs: 0 }).namespaces.size).toBe(0);
});

test("user ids inside and outside", () => {
  const [init, inner] = snapshot.tasks;
  if (!init || !inner) throw new Error("two tasks expected");
  expect([insideUid(snapshot, init), insideUid(snapshot, inner)]).toEqual([0, 33]);
  expect(insideId(map, 5)).toBeNull();
});

test("capability sets by name", () => {
  expect(capabilityNames("0000000000000401")).toEqual(["chown", "net_bind_service"]);
  expect(capabilityNames("000001ffffffffff")).toHaveLength(41);
  expect(capabilityNames("")).toEqual([]);
});
