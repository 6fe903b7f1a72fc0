import { expect, test } from "vitest";
import { sampleCgroup, sampleMemory, sampleSnapshot, sampleTask } from "../model/sample-snapshot.ts";
import type { KernelEvent } from "../protocol/kernel-event.ts";
import { createHistoryStore, sampleHistory } from "./history-store.ts";
import { applySnapshot, createKernelStore } from "./kernel-store.ts";
import { createTimeMachine } from "./time-store.ts";

function lab() {
  const live = { kernel: createKernelStore(), history: createHistoryStore() };
  const shown = { kernel: createKernelStore(), history: createHistoryStore() };
  const machine = createTimeMachine(live, shown);
  const pass = (second: number, bytes: number, events: readonly KernelEvent[] = []) => {
    const group = sampleCgroup(2, "/a", { memory: sampleMemory({ current: bytes }) });
    const taken = sampleSnapshot(second, { cgroups: [sampleCgroup(1, "/"), group] });
    const snapshot = machine.keep(taken, events);
    live.kernel.setState((state) => applySnapshot(state, snapshot, events, 0));
    live.history.setState((state) => sampleHistory(state, snapshot));
  };
  const bytes = () => shown.kernel.getState().snapshot?.cgroups[1]?.memory?.current;
  return { machine, live, shown, pass, bytes };
}

const killed = (second: number): KernelEvent => ({
  ...{ kind: "oom-kill", atNs: second * 1e9, sequence: second, id: 2, path: "/a", count: 1 },
});

test("what is shown follows the guest until the cursor is set, and again after", () => {
  const { machine, pass, bytes } = lab();
  for (let second = 1; second <= 9; second++) pass(second, second);
  expect(bytes()).toBe(9);
  machine.seek(4.5e9);
  expect(bytes()).toBe(4);
  pass(10, 10);
  expect([bytes(), machine.time.getState().latestNs]).toEqual([4, 10e9]);
  machine.seek(null);
  expect(bytes()).toBe(10);
});

test("charts end at the cursor, and marks stand as they stood", () => {
  const { machine, shown, pass } = lab();
  for (let second = 1; second <= 20; second++) pass(second, second, second === 8 ? [killed(8)] : []);
  machine.seek(9e9);
  expect(shown.history.getState().cgroups.get(2)?.at(-1)?.memoryBytes).toBe(9);
  expect([...shown.kernel.getState().struck.keys()]).toEqual([2]);
  machine.seek(16e9);
  expect(shown.kernel.getState().struck.size).toBe(0);
});

test("the cursor stays within what is kept, and a restored machine has no past", () => {
  const { machine, pass, shown } = lab();
  pass(5, 5);
  machine.seek(1e9);
  expect(machine.time.getState().cursorNs).toBe(5e9);
  machine.forget();
  expect(machine.time.getState()).toEqual({ cursorNs: null, oldestNs: null, latestNs: null });
  expect(shown.kernel.getState().snapshot).toBeNull();
});

test("unchanged objects of the past are kept once", () => {
  const { machine, live } = lab();
  const keep = (second: number) => machine.keep(sampleSnapshot(second, { tasks: [sampleTask(1)] }), []);
  expect(keep(1).tasks).toBe(keep(2).tasks);
  expect(live.kernel.getState().snapshot).toBeNull();
});
