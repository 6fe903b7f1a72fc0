import { afterEach, expect, test } from "vitest";
import { PAUSE_INSTRUCTIONS } from "../../lib/machine/governor.ts";
import type { BootState, MachineNotice } from "../../lib/protocol/machine.ts";
import { bootGuest, type Guest } from "./guest.ts";

let guest: Guest | null = null;
/** As a visitor's machine runs, governed. */
const start = async (options: Parameters<typeof bootGuest>[0] = {}): Promise<Guest> => {
  guest = await bootGuest({ jit: "governed", ...options });
  return guest;
};
afterEach(async () => {
  await guest?.end();
  guest = null;
});

const enters =
  (state: BootState["state"]) =>
  (notice: MachineNotice): BootState | false =>
    notice.type === "boot-state" && notice.boot.state === state && notice.boot;

const statesOf = (notices: readonly MachineNotice[]): string[] =>
  notices.flatMap((notice) => (notice.type === "boot-state" ? [notice.boot.state] : []));

/** What a guest that is restored without a word on the time is behind: days. What a busy host takes to tell it: seconds. */
const CLOCK_SLACK_MS = 5_000;

/** `seconds` is what the guest's clock showed at some moment between `fromMs` and now. */
function expectClock(seconds: string | undefined, fromMs: number): void {
  expect(Number(seconds) * 1_000).toBeGreaterThan(fromMs - CLOCK_SLACK_MS);
  expect(Number(seconds) * 1_000).toBeLessThan(Date.now() + CLOCK_SLACK_MS);
}

test("a restore passes its states in order and leads to a prompt that answers", async () => {
  const machine = await start();
  const states = statesOf(machine.notices).filter((state, index, all) => state !== all[index - 1]);
  expect(states).toEqual(["downloading", "restoring", "syncing", "ready"]);
  expect(machine.screen("hvc0")).toMatch(/[#$]/);
  machine.type("hvc0", "echo an''swer\n");
  await machine.untilScreen("hvc0", /answer\r\n/);
});

test("the guest's clock is right when the prompt shows", async () => {
  const machine = await start();
  const fromMs = Date.now();
  machine.type("hvc0", "echo time=$(date +%s)\n");
  const [, seconds] = await machine.untilScreen("hvc0", /time=(\d+)\r\n/);
  expectClock(seconds, fromMs);
});

test("two terminals have two shells", async () => {
  const machine = await start();
  machine.type("hvc0", "one=1; echo first=$one$two\n");
  await machine.untilScreen("hvc0", /first=1\r\n/);
  machine.type("hvc2", "two=2; echo second=$one$two\n");
  await machine.untilScreen("hvc2", /second=2\r\n/);
});

test("a resize reaches the terminal's programs", async () => {
  const machine = await start();
  machine.machine.handle({ type: "resize", terminal: "hvc0", columns: 97, rows: 31 });
  machine.machine.handle({ type: "resize", terminal: "hvc2", columns: 55, rows: 11 });
  machine.type("hvc0", "stty size </dev/hvc0; stty size </dev/hvc2; echo si''zed\n");
  await machine.untilScreen("hvc0", /31 97\r\n11 55\r\nsized/);
});

test("a paste of 3,000 bytes arrives whole", async () => {
  const machine = await start();
  machine.type("hvc0", "stty -icanon -echo </dev/hvc0; head -c 3000 | wc -c; stty sane </dev/hvc0; echo pas''ted\n");
  machine.type("hvc0", "x".repeat(3_000));
  await machine.untilScreen("hvc0", /3000\r\npasted/);
});

test("a reset gives the machine as it first was", async () => {
  const machine = await start();
  machine.type("hvc0", "mkdir /tmp/left-behind; echo ma''de\n");
  await machine.untilScreen("hvc0", /made/);
  machine.machine.handle({ type: "reset" });
  await machine.until("the reset to end", enters("ready"));
  machine.type("hvc0", "ls -d /tmp/left-behind || echo go''ne\n");
  await machine.untilScreen("hvc0", /gone\r\n/);
});

test("a panic is noticed, with the kernel's last words, and a reset heals it", async () => {
  const machine = await start();
  const crash = machine.until("the crash", enters("crashed"));
  machine.type("hvc0", "echo c > /proc/sysrq-trigger\n");
  expect(await crash).toMatchObject({ reason: "panic", lastWords: expect.stringContaining("sysrq triggered crash") });
  machine.machine.handle({ type: "reset" });
  await machine.until("the reset to end", enters("ready"));
  machine.type("hvc0", "echo bet''ter\n");
  await machine.untilScreen("hvc0", /better/);
});

test("a halted machine is noticed", async () => {
  const machine = await start();
  const crash = machine.until("the halt to be noticed", enters("crashed"));
  machine.type("hvc0", "busybox halt -f\n");
  expect(await crash).toMatchObject({ reason: "hang" });
});

test("a reboot restores the snapshot", async () => {
  const machine = await start();
  const ready = machine.until("the reboot to end", enters("ready"));
  machine.type("hvc0", "echo b > /proc/sysrq-trigger\n");
  await ready;
  machine.type("hvc0", "echo ba''ck\n");
  await machine.untilScreen("hvc0", /back/);
});

test("a paused machine executes nothing, keeps what is typed, and answers when it goes on", async () => {
  const machine = await start();
  machine.machine.handle({ type: "visibility", visible: false });
  while (machine.session().emulator.running()) await new Promise((resolve) => setImmediate(resolve));
  expect(machine.machine.state).toMatchObject({ state: "paused", by: "hidden" });
  const before = machine.session().emulator.instructionCounter();
  machine.type("hvc0", "echo aw''ake=$(date +%s)\n");
  await new Promise((resolve) => setImmediate(resolve));
  expect(machine.session().emulator.instructionCounter()).toBe(before);
  const fromMs = Date.now();
  machine.machine.handle({ type: "visibility", visible: true });
  const [, seconds] = await machine.untilScreen("hvc0", /awake=(\d+)\r\n/, undefined, 0);
  expectClock(seconds, fromMs);
});

test("a line of the kernel log carries the time at which it came out, on the clock of the snapshots", async () => {
  const machine = await start();
  const printed = (words: string): Promise<number> =>
    machine.until(
      words,
      (notice) => notice.type === "kernel-log" && notice.lines.find(({ text }) => text.includes(words))?.atNs,
    );
  const snapshotNs = (): number => machine.machine.inspector?.take().guestTimeNs ?? Number.NaN;
  const beforeNs = snapshotNs();
  const [one, two] = [printed("said first"), printed("said second")];
  machine.type("hvc0", "echo '<2>said first' > /dev/kmsg; sleep 1; echo '<2>said second' > /dev/kmsg\n");
  const [firstNs, secondNs] = [await one, await two];
  expect(firstNs).toBeGreaterThanOrEqual(beforeNs);
  expect(secondNs - firstNs).toBeGreaterThan(900e6);
  expect(snapshotNs()).toBeGreaterThanOrEqual(secondNs);
});

test("a sustained loop is compiled in instalments, a short command is not", async () => {
  const machine = await start();
  const { emulator, governor } = machine.session();
  machine.type("hvc0", "ls / >/dev/null; echo sho''rt\n");
  await machine.untilScreen("hvc0", /short/);
  expect(governor.compiledPages()).toBe(0);
  const executedBefore = emulator.instructionCounter();
  machine.type("hvc0", "i=0; while [ $i -lt 10000 ]; do i=$((i+1)); done; echo coun''ted\n");
  await machine.untilScreen("hvc0", /counted/);
  const executed = (emulator.instructionCounter() - executedBefore) >>> 0;
  expect(governor.compiledPages()).toBeGreaterThan(10);
  expect(governor.compiledPages()).toBeLessThanOrEqual(executed / PAUSE_INSTRUCTIONS + 1);
});
