/** What a slow rate of snapshots must not miss: processes that live for milliseconds, and limits written while the guest idles. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeHost } from "../../lib/machine/node-host.ts";
import type { KernelEvent } from "../../lib/protocol/kernel-event.ts";
import { introspectionSetting, type Setting } from "./introspect-setting.ts";
import { GROUPS } from "./introspect-situations.ts";

/** One snapshot in a hundred seconds: what is seen within this test is seen because the probe called for it. */
const RARE_HZ = 0.01;
const BRIEF = 100;
const SEEN = 99;
/** Every so many times that somebody looks at the clock, the host has taken the core away for longer than a life. */
const TAKEN_EVERY = 97;
const TAKEN_MS = 8;
/** Seconds are enough; a machine that builds and tests beside this one may need minutes. */
const TIMEOUT_MS = 600_000;

/** Once set, the host is one that other programs keep busy. */
let busy = false;
let looks = 0;
let takenMs = 0;
function now(): number {
  if (busy && ++looks % TAKEN_EVERY === 0) takenMs += TAKEN_MS;
  return nodeHost.now() + takenMs;
}

let setting: Setting;
beforeAll(async () => {
  setting = await introspectionSetting({ host: { ...nodeHost, now } });
});
afterAll(() => setting?.guest.end());

/** Events until one matches, all of them. */
async function eventsUntil(what: string, match: (event: KernelEvent) => boolean, act: () => Promise<unknown>) {
  const { guest } = setting;
  const events: KernelEvent[] = [];
  guest.machine.handle({ type: "watch", hz: RARE_HZ });
  const seen = guest.until(
    what,
    (notice) => {
      if (notice.type !== "snapshot") return null;
      events.push(...notice.events);
      return notice.events.some(match);
    },
    TIMEOUT_MS,
  );
  await act();
  await seen;
  guest.machine.handle({ type: "watch", hz: 0 });
  return events;
}

const LIVES = [
  ["b", "sleep", false],
  ["c", "compute", false],
  ["b", "sleep, while the host is busy", true],
  ["c", "compute, while the host is busy", true],
] as const;

test.each(LIVES)(
  `of ${BRIEF} processes that live for 5 ms, at least ${SEEN} begin and end in the events (helper %s: they %s)`,
  async (mode, _, onBusyHost) => {
    let parent = 0;
    busy = onBusyHost;
    const end = `t-brief-end-${mode}-${busy}`;
    const events = await eventsUntil(
      "the group that is made after them",
      (event) => event.kind === "cgroup-new" && event.path === `/${end}`,
      // The helper forks them one after the other.
      async () => {
        const command = `cd /tmp/introspect; ./helper ${mode} & echo $!; wait; mkdir ${GROUPS}/${end}`;
        parent = Number(await setting.guest.out(command, TIMEOUT_MS));
      },
    );
    busy = false;
    const born = new Set(events.flatMap((event) => (event.kind === "fork" && event.ppid === parent ? event.pid : [])));
    const gone = new Set(events.flatMap((event) => (event.kind === "exit" && born.has(event.pid) ? event.pid : [])));
    expect(born.size).toBeGreaterThanOrEqual(SEEN);
    expect(gone.size).toBeGreaterThanOrEqual(SEEN);
  },
);

const WRITES: readonly (readonly [what: string, command: string, match: (event: KernelEvent) => boolean])[] = [
  [
    "a limit",
    `echo 77 > ${GROUPS}/t-brief/pids.max`,
    (e) => e.kind === "limit" && e.file === "pids.max" && e.to === 77,
  ],
  [
    "a limit of memory",
    `echo 64M > ${GROUPS}/t-brief/memory.high`,
    (e) => e.kind === "limit" && e.file === "memory.high" && e.to === 64 * 2 ** 20,
  ],
  ["a hostname", "hostname renamed", (e) => e.kind === "hostname" && e.to === "renamed"],
  ["a mount", "mkdir -p /tmp/m; mount -t tmpfs none /tmp/m", (e) => e.kind === "mount" && e.mountPoint === "/tmp/m"],
  ["an unmount", "umount /tmp/m", (e) => e.kind === "umount" && e.mountPoint === "/tmp/m"],
  ["a device", "ip link add dev brief type dummy", (e) => e.kind === "device-new" && e.name === "brief"],
  ["a device put up", "ip link set brief up", (e) => e.kind === "device-up" && e.name === "brief" && e.up],
  [
    "a device that moves",
    "ip netns add away; ip link set brief netns away",
    (e) => e.kind === "device-move" && e.name === "brief",
  ],
];

test("limits, names, mounts and devices are noticed without waiting for the counters", async () => {
  await setting.guest.out(`mkdir ${GROUPS}/t-brief`);
  for (const [what, command, match] of WRITES)
    expect(await eventsUntil(what, match, () => setting.guest.out(command)), what).not.toEqual([]);
});
