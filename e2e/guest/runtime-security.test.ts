import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bootGuest, type Guest } from "./guest.ts";
import { residue, settledResidue } from "./runtime-residue.ts";
import { HOSTILE_ACTS, OPEN } from "./runtime-security-acts.ts";
import { type Attempt, attemptInside, attemptOutside, putHelper } from "./runtime-security-setting.ts";

const PREPARE = `
echo treasure > /root/secret; mkdir -p /var/lib/box/volume
ip link add spied type bridge; /tmp/h/helper make-shm 4242
setsid sleep 424242 >/dev/null 2>&1 & echo $! > /tmp/prey
setsid /tmp/h/helper listen glass >/dev/null 2>&1 &
until grep -q @glass /proc/net/unix; do :; done`;

const CLEAN_UP = `
kill -9 $(cat /tmp/prey) $(pgrep -f 'helper listen') ; ip link del spied; ipcrm -M 4242
rm -rf /root/secret /var/lib/box/volume /tmp/h /tmp/prey /tmp/victim`;

/** A process of the host that may be killed, a new one for each batch. */
const PRELUDE =
  "export PREY=$(cat /tmp/prey); setsid sleep 4243 >/dev/null 2>&1 & export VICTIM=$!; echo $! > /tmp/victim";

/** Beside it: a volume on the disk, for those who try to leave it. */
const OPEN_FLAGS = `${OPEN} -v /var/lib/box/volume:/volume`;

let guest: Guest;
let before: string;
let held: Attempt[];
let open: Attempt[];
let marksAfterHeld: Attempt[];
let marksAfterOpen: Attempt[];
let lifted: Attempt[];

const LIFTS = HOSTILE_ACTS.flatMap(({ name, act, lifts = [] }) =>
  lifts.map(([flags, then]) => ({ name, act, flags, then })),
);

beforeAll(async () => {
  guest = await bootGuest();
  before = await residue(guest);
  await putHelper(guest);
  await guest.out(PREPARE);
  const marks = () =>
    attemptOutside(
      guest,
      "export VICTIM=$(cat /tmp/victim)",
      HOSTILE_ACTS.map(({ evidence = "true" }) => evidence),
    );
  held = await attemptInside(
    guest,
    PRELUDE,
    HOSTILE_ACTS.map(({ flags = "", act }) => ({ flags, act })),
  );
  marksAfterHeld = await marks();
  open = await attemptInside(
    guest,
    PRELUDE,
    HOSTILE_ACTS.map(({ act }) => ({ flags: OPEN_FLAGS, act })),
  );
  marksAfterOpen = await marks();
  lifted = await attemptInside(guest, PRELUDE, LIFTS);
  await guest.out("pkill -x -f 'sleep 4243'; true");
});

afterAll(async () => {
  await guest.sh(CLEAN_UP);
  const after = await settledResidue(guest, before);
  await guest.end();
  expect(after).toBe(before);
});

describe.each(HOSTILE_ACTS.map((act, i) => ({ ...act, i })))("$name", ({ i, reason, stoppedBy, evidence: mark }) => {
  test(`fails in a default container: ${stoppedBy}`, () => {
    expect(held[i]?.exitCode, held[i]?.words).not.toBe(0);
    expect(held[i]?.words).toMatch(reason);
    if (mark) expect(marksAfterHeld[i]?.exitCode).not.toBe(0);
  });
  test("works in an open one", () => {
    expect(open[i]).toMatchObject({ exitCode: 0 });
    if (mark) expect(marksAfterOpen[i], mark).toMatchObject({ exitCode: 0 });
  });
});

test.each(LIFTS.map((lift, i) => ({ ...lift, i })))("$name, with $flags: $then", ({ i, then }) => {
  if (then === "works") expect(lifted[i]).toMatchObject({ exitCode: 0 });
  else {
    expect(lifted[i]?.exitCode, lifted[i]?.words).not.toBe(0);
    expect(lifted[i]?.words).toMatch(then);
  }
});
