import { beforeEach, describe, expect, test } from "vitest";
import { GuestDouble } from "../../lib/lessons/guest-double.ts";
import { advance, isComplete, type LessonProgress, NOT_STARTED } from "../../lib/lessons/progress.ts";
import { pidNamespace } from "./lesson.ts";

let guest: GuestDouble;
let progress: LessonProgress;

/** Acts on the guest, shows the kernel once and says how many steps have passed. */
function passedAfter(act: () => void = () => {}): number {
  act();
  const { snapshot, events } = guest.show();
  progress = advance(pidNamespace, progress, snapshot, events);
  return progress.passed;
}

function run(comm: string, parent?: number): number {
  const pid = guest.spawn(parent === undefined ? { comm } : { comm, parent });
  passedAfter();
  guest.exit(pid);
  return passedAfter();
}

const enterWorld = (comm = "bash"): number => guest.spawn({ comm, unshare: ["pid", "mnt"] });

/** Brings the lesson to the step of that index, in a world whose shell is returned. */
function reach(index: number): number {
  if (index > 0) run("ps");
  let shell = 0;
  if (index > 1) {
    shell = enterWorld();
    passedAfter();
  }
  if (index > 2) run("ps", shell);
  if (index > 3) run("lsns");
  expect(progress.passed).toBe(index);
  return shell;
}

beforeEach(() => {
  guest = new GuestDouble();
  progress = NOT_STARTED;
  passedAfter();
});

test("the whole way", () => {
  const shell = reach(4);
  expect(passedAfter(() => guest.exit(shell))).toBe(5);
  expect(isComplete(pidNamespace, progress)).toBe(true);
});

describe("look", () => {
  test.each(["ps", "top", "pgrep"])("%s on the host passes", (comm) => expect(run(comm)).toBe(1));
  test.each(["echo", "ls", "bash"])("%s does not", (comm) => expect(run(comm)).toBe(0));
  test("ps in a container does not", () => {
    const shell = enterWorld();
    expect(run("ps", shell)).toBe(0);
  });
});

describe("enter", () => {
  beforeEach(() => void reach(1));
  test("a world that is there already passes", () => {
    guest = new GuestDouble();
    progress = NOT_STARTED;
    enterWorld("sh");
    passedAfter();
    run("ps");
    expect(passedAfter()).toBe(2);
  });
  test("a shell with another hostname only does not", () => {
    expect(passedAfter(() => guest.spawn({ comm: "bash", unshare: ["uts"] }))).toBe(1);
  });
  test("a PID 1 that is no shell does not", () => {
    expect(passedAfter(() => enterWorld("sleep"))).toBe(1);
  });
});

describe("inside", () => {
  test("ps on the host does not pass", () => {
    reach(2);
    expect(run("ps")).toBe(2);
  });
  test("ps in the shell's PID namespace with the host's /proc does not pass", () => {
    reach(1);
    const shell = guest.spawn({ comm: "bash", unshare: ["pid"] });
    passedAfter();
    expect(run("ps", shell)).toBe(2);
  });
  test("ps that has ended before anybody looked passes as well", () => {
    const shell = reach(2);
    expect(passedAfter(() => guest.exit(guest.spawn({ comm: "ps", parent: shell })))).toBe(3);
  });
  test("ps in another shell's world passes as well", () => {
    reach(2);
    expect(run("pgrep", enterWorld("sh"))).toBe(3);
  });
});

describe("outside", () => {
  test("the shell inside does not see the outer number", () => {
    const shell = reach(3);
    expect(run("lsns", shell)).toBe(3);
  });
  test.each(["ps", "lsns", "nsenter"])("%s on the host passes", (comm) => {
    reach(3);
    expect(run(comm)).toBe(4);
  });
  test("with the world gone there is nothing to see", () => {
    const shell = reach(3);
    passedAfter(() => guest.exit(shell));
    expect(run("lsns")).toBe(3);
  });
});

describe("leave", () => {
  test("another process inside may end", () => {
    const shell = reach(4);
    expect(run("sh", shell)).toBe(4);
  });
  test("another world may end", () => {
    reach(4);
    const other = enterWorld("sh");
    passedAfter();
    expect(passedAfter(() => guest.exit(other))).toBe(4);
  });
});
