import { expect, test } from "vitest";
import { sampleCgroup, sampleSnapshot, sampleTask } from "../model/sample-snapshot.ts";
import type { KernelSnapshot } from "../protocol/kernel-snapshot.ts";
import { createSnapshotReceiver, createSnapshotSender } from "./snapshot-transfer.ts";

/** As postMessage does: nothing on the other side is the same object. */
function connected() {
  const send = createSnapshotSender();
  const receive = createSnapshotReceiver();
  return (snapshot: KernelSnapshot) => {
    const delta = structuredClone(send({ type: "snapshot", snapshot, events: [], wallMs: 7 }));
    return { delta, received: receive(delta) };
  };
}

const [init, shell, child] = [sampleTask(1), sampleTask(2), sampleTask(3)];

test("the first snapshot arrives whole", () => {
  const snapshot = sampleSnapshot(1, { tasks: [init, shell], cgroups: [sampleCgroup(1, "/")] });
  expect(connected()(snapshot).received).toEqual({ type: "snapshot", snapshot, events: [], wallMs: 7 });
});

test("what has not changed is not sent, and is the same object on the other side", () => {
  const transfer = connected();
  const first = transfer(sampleSnapshot(1, { tasks: [init, shell] })).received.snapshot;
  const ran = { ...shell, utimeNs: 5 };
  const next = sampleSnapshot(2, { tasks: [init, ran, child] });
  const { delta, received } = transfer(next);
  expect(delta.lists.tasks?.items).toEqual([ran, child]);
  expect(received.snapshot).toEqual(next);
  expect(received.snapshot.tasks[0]).toBe(first.tasks[0]);
});

test("a list that is the same, or shorter, or in another order", () => {
  const transfer = connected();
  const { snapshot: first } = transfer(sampleSnapshot(1, { tasks: [init, shell, child] })).received;
  const same = transfer(sampleSnapshot(2, { tasks: [init, shell, child] }));
  expect(same.delta.lists.tasks).toBeUndefined();
  expect(same.received.snapshot.tasks).toBe(first.tasks);
  const { delta, received } = transfer(sampleSnapshot(3, { tasks: [child, init] }));
  expect(delta.lists.tasks?.items).toEqual([]);
  expect(received.snapshot.tasks.map(({ pid }) => pid)).toEqual([3, 1]);
  expect(transfer(sampleSnapshot(4, { tasks: [] })).received.snapshot.tasks).toEqual([]);
});
