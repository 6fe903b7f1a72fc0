/**
 * Memory over half an hour of churn: introspection with its probe, the way to the page, and all stores of the page, in one heap.
 *
 * What fills memory is not time but what happens, so the guest runs as fast as it can through what a busy half hour makes, and
 * the heap is measured after a collection at equal steps of it. Bounded history fills first; from then on the heap stands still.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { MachineClient } from "../../lib/machine/client.ts";
import { createSnapshotReceiver, createSnapshotSender } from "../../lib/machine/snapshot-transfer.ts";
import { DEFAULT_LIMITS } from "../../lib/model/history.ts";
import type { MachineNotice } from "../../lib/protocol/machine.ts";
import { createPageSession, type PageSession } from "../../lib/stores/page-session.ts";
import { bootGuest, type Guest } from "./guest.ts";

const MINUTES = 30;
/** Twenty processes a second, a container, a group, a mount and a device every twenty-five. */
const ROUNDS = 72;
const FORKS_A_ROUND = (MINUTES * 60 * 20) / ROUNDS;
const ROUNDS_A_SAMPLE = 4;
const WATCH_HZ = 30;
const FRAME_MS = 16;
const ROUND_TIMEOUT_MS = 600_000;
/** In the half hour, once the history is full. A leak of one object a process would be ten times that. */
const MOST_GROWTH_BYTES = 1_000_000;

const ROUND = [
  `i=0; while [ $i -lt ${FORKS_A_ROUND} ]; do ( : ); i=$((i+1)); done`,
  "mkdir /sys/fs/cgroup/t-churn /tmp/churn; echo 1M > /sys/fs/cgroup/t-churn/memory.max; rmdir /sys/fs/cgroup/t-churn",
  "mount -t tmpfs none /tmp/churn; umount /tmp/churn; rmdir /tmp/churn",
  "ip link add churn type dummy; ip link del churn; hostname churn; hostname glass",
  "box run --rm -m 32M busybox true",
].join("\n");

let guest: Guest;
let page: PageSession;
const seen = { snapshots: 0, events: 0 };
beforeAll(async () => {
  vi.stubGlobal("requestAnimationFrame", (frame: () => void) => setTimeout(frame, FRAME_MS));
  vi.stubGlobal("cancelAnimationFrame", clearTimeout);
  const toPage = pageClient();
  page = createPageSession(toPage.client);
  guest = await bootGuest({ watchHz: WATCH_HZ, keepsNotices: false, onNotice: toPage.hear });
});
afterAll(async () => {
  page?.dispose();
  await guest?.end();
});

/** What client.ts and worker.ts do, without the worker between them: each notice is copied as postMessage copies it. */
function pageClient(): { client: MachineClient; hear(notice: MachineNotice): void } {
  const [send, receive] = [createSnapshotSender(), createSnapshotReceiver()];
  const listeners = new Set<(notice: MachineNotice) => void>();
  const unused = (): never => {
    throw new Error("the stores ask for nothing");
  };
  return {
    client: {
      send: () => {},
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      ask: unused,
      http: unused,
      dispose: () => listeners.clear(),
    },
    hear(notice) {
      const arrived = notice.type === "snapshot" ? receive(structuredClone(send(notice))) : structuredClone(notice);
      if (arrived.type === "snapshot") {
        seen.snapshots++;
        seen.events += arrived.events.length;
      }
      for (const listener of listeners) listener(arrived);
    },
  };
}

setFlagsFromString("--expose_gc");
const collect = runInNewContext("gc") as () => void;

function heapBytes(): number {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Least squares: bytes a step. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const [top, bottom] = values.reduce(
    ([xy, xx], value, at) => [xy + (at - middle) * (value - mean), xx + (at - middle) ** 2],
    [0, 0],
  );
  return top / bottom;
}

test(`${MINUTES} minutes of churn: once the history is full, the heap stands still`, async () => {
  // The history is filled by moments, however little happens in each.
  while (seen.snapshots < DEFAULT_LIMITS.moments * 1.1) await guest.out(ROUND, ROUND_TIMEOUT_MS);
  const before = { ...seen, forks: guest.machine.inspector?.take().totalForks ?? 0 };
  const heap: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await guest.out(ROUND, ROUND_TIMEOUT_MS);
    if (round % ROUNDS_A_SAMPLE === ROUNDS_A_SAMPLE - 1) heap.push(heapBytes());
  }
  const forks = (guest.machine.inspector?.take().totalForks ?? 0) - before.forks;
  const growth = slope(heap) * heap.length;
  console.log(
    `${forks} processes, ${seen.snapshots - before.snapshots} snapshots, ${seen.events - before.events} events;`,
    `heap in MB: ${heap.map((bytes) => (bytes / 1e6).toFixed(2)).join(" ")}; grows ${(growth / 1e6).toFixed(2)} MB`,
  );
  expect(forks).toBeGreaterThanOrEqual(MINUTES * 60 * 20);
  expect(growth).toBeLessThan(MOST_GROWTH_BYTES);
  expect(guest.machine.inspector?.failures()).toBe(0);
});
