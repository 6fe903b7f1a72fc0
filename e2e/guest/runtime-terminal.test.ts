import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { bootGuest, type Guest } from "./guest.ts";
import { residue, settledResidue } from "./runtime-residue.ts";

let guest: Guest;
let before: string;
beforeAll(async () => {
  guest = await bootGuest({ watchHz: 10 });
  before = await residue(guest);
});
afterEach(async () => {
  await guest.out("docker rm -f $(docker ps -aq) >/dev/null 2>&1; true");
  expect(await settledResidue(guest, before)).toBe(before);
});
afterAll(() => guest.end());

/** Coloured: ESC [0m follows the sign. */
const PROMPT = /host:~#(?:.\[0m)? $/;
/** busybox's shell then asks the terminal where the cursor is: ESC [6n. */
const INSIDE = /\/ # (?:.\[6n)?$/;

/** Types a line and waits for what it shows. */
async function line(text: string, shows: RegExp): Promise<RegExpExecArray> {
  const from = guest.screen("hvc0").length;
  guest.type("hvc0", `${text}\n`);
  return guest.untilScreen("hvc0", shows, undefined, from);
}

/** Signals do not queue: two that come at once are one. So ctrl-C is pressed again when the guest has had its turn. */
async function interruptUntilPrompt(from: number): Promise<void> {
  for (let presses = 0; presses < 10 && !PROMPT.test(guest.screen("hvc0").slice(from)); presses++) {
    const at = guest.screen("hvc0").length;
    guest.type("hvc0", "\u0003");
    await guest.untilScreen("hvc0", /\^C|host:~#/, undefined, at);
    await guest.sh("true");
  }
  await guest.untilScreen("hvc0", PROMPT, undefined, from);
}

test("-it: a terminal of its own, that takes the window's size and what is typed", async () => {
  await line("docker run -it --rm busybox sh", INSIDE);
  await line("tty; stty size", /\/dev\/pts\/0\r\n24 80\r\n/);
  guest.machine.handle({ type: "resize", terminal: "hvc0", columns: 99, rows: 33 });
  await line("until stty size | grep '33 99'; do :; done", /33 99\r\n/);
  await line("echo $TERM; hostname; ps", /xterm\r\n[0-9a-f]{12}\r\n[\s\S]* 1 root +sh\r\n/);
  await line("exit 4", PROMPT);
  await line("echo code=$?", /code=4\r\n/);
  await line("stty -a | grep -c ' icanon'", /1\r\n/);
});

test("ctrl-C goes to the program in the container, not to docker", async () => {
  await line("docker run -it --rm busybox sh", INSIDE);
  guest.type("hvc0", "sleep 1000\n");
  await guest.until(
    "sleep to run",
    (notice) => notice.type === "snapshot" && notice.snapshot.tasks.some(({ comm }) => comm === "sleep"),
  );
  const from = guest.screen("hvc0").length;
  guest.type("hvc0", "\u0003");
  await guest.untilScreen("hvc0", INSIDE, undefined, from);
  await line("exit", PROMPT);
});

test("ctrl-P ctrl-Q leaves it running", async () => {
  await line("docker run -it --name web busybox sh", INSIDE);
  const from = guest.screen("hvc0").length;
  guest.type("hvc0", "\u0010\u0011");
  await guest.untilScreen("hvc0", PROMPT, undefined, from);
  expect(await guest.out("docker ps --format '{{.Names}} {{.State}}'")).toBe("web running");
  await line("docker exec -it web sh", INSIDE);
  await line("tty; ps", /\/dev\/pts\/1\r\n/);
  await line("exit", PROMPT);
});

test("ctrl-C ends a program that listens to it", async () => {
  const loop = 'docker run --rm busybox sh -c "trap \'exit 9\' INT; echo rea""dy; while :; do sleep 0.1; done"';
  await line(loop, /ready\r\n/);
  const from = guest.screen("hvc0").length;
  guest.type("hvc0", "\u0003");
  await guest.untilScreen("hvc0", PROMPT, undefined, from);
  await line("echo code=$?", /code=9\r\n/);
});

test("three times ctrl-C end one that does not", async () => {
  await line('docker run --rm busybox sh -c "echo rea""dy; exec sleep 1000"', /ready\r\n/);
  const from = guest.screen("hvc0").length;
  await interruptUntilPrompt(from);
  await guest.untilScreen("hvc0", /forcefully exiting[\s\S]*host:~#/, undefined, from);
});

test("ctrl-C while it is made leaves nothing", async () => {
  for (let i = 0; i < 5; i++) {
    // A ctrl-C that found the shell itself, before its prompt, costs the next line its first character: here a blank.
    await line(` echo turn""${i}`, new RegExp(`turn${i}\\r\\n`));
    const from = guest.screen("hvc0").length;
    const reached = guest.until("a step", (notice) => notice.type === "step" && notice.step.index === i * 2 + 1);
    guest.type("hvc0", "docker run --rm busybox sleep 1000\n");
    await reached.catch((error) => {
      throw new Error(`${error.message}; the terminal shows ${JSON.stringify(guest.screen("hvc0").slice(from))}`);
    });
    await interruptUntilPrompt(from + 40);
    expect(await settledResidue(guest, before)).toBe(before);
  }
});
