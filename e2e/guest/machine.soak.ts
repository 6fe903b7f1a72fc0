import { afterEach, expect, test } from "vitest";
import type { KernelSnapshot } from "../../lib/protocol/kernel-snapshot.ts";
import { bootGuest, type Guest } from "./guest.ts";

const RESETS = 100;
const CONTAINERS = 200;
const CONTAINERS_AT_ONCE = 8;

let guest: Guest | null = null;
afterEach(async () => {
  await guest?.end();
  guest = null;
});

test(`${RESETS} resets: each leads to a prompt, and no emulator stays behind`, async () => {
  guest = await bootGuest();
  const heapAfterFirst: number[] = [];
  for (let reset = 0; reset < RESETS; reset++) {
    guest.machine.handle({ type: "reset" });
    await guest.until("the reset to end", (notice) => notice.type === "boot-state" && notice.boot.state === "ready");
    guest.type("hvc0", `echo res''et-${reset}\n`);
    await guest.untilScreen("hvc0", new RegExp(`reset-${reset}\\r\\n`));
    if (reset % 10 === 9) heapAfterFirst.push(process.memoryUsage().rss / 1e6);
  }
  console.log(`resident MB every ten resets: ${heapAfterFirst.map(Math.round).join(" ")}`);
  expect(heapAfterFirst.at(-1)).toBeLessThan(3_000);
});

/** What a container may leave behind: nothing. */
const leftovers = (snapshot: KernelSnapshot | undefined) => ({
  tasks: snapshot?.tasks.filter(({ kthread }) => !kthread).length,
  cgroups: snapshot?.cgroups.length,
  namespaces: snapshot?.namespaces.length,
});

test(`${CONTAINERS} containers one after the other leave nothing behind`, async () => {
  guest = await bootGuest({ watchHz: 10 });
  await guest.out("box run --rm busybox true");
  const before = leftovers(guest.machine.inspector?.take());
  for (let run = 0; run < CONTAINERS; run++) expect(await guest.out("box run --rm -m 32M busybox echo ok")).toBe("ok");
  expect(leftovers(guest.machine.inspector?.take())).toEqual(before);
  expect(guest.machine.inspector?.failures()).toBe(0);
});

test(`${CONTAINERS_AT_ONCE} containers at once, again and again`, async () => {
  guest = await bootGuest({ watchHz: 10 });
  await guest.out("box run --rm busybox true");
  const before = leftovers(guest.machine.inspector?.take());
  const together = `for i in $(seq ${CONTAINERS_AT_ONCE}); do box run --rm -m 16M busybox true & done; wait`;
  for (let round = 0; round < 20; round++) await guest.out(together, 300_000);
  expect(leftovers(guest.machine.inspector?.take())).toEqual(before);
});

test("a fork storm with panels at full rate: the terminal still answers", async () => {
  guest = await bootGuest({ watchHz: 30 });
  guest.type("hvc2", "while :; do /bin/true & /bin/true; done 2>/dev/null\n");
  for (let round = 0; round < 20; round++) {
    guest.type("hvc0", `echo ali''ve-${round}\n`);
    await guest.untilScreen("hvc0", new RegExp(`alive-${round}\\r\\n`), 60_000);
  }
  expect(guest.machine.inspector?.failures()).toBe(0);
});
