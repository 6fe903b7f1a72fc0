import { expect, test } from "vitest";
import { GuestDouble } from "./guest-double.ts";
import type { Check, Lesson, LessonStep } from "./lesson.ts";
import { advance, isComplete, type LessonProgress, NOT_STARTED, rebase } from "./progress.ts";

const command = { terminal: "hvc0", line: "true" } as const;
const step = (id: string, check: Check): LessonStep => ({ id, command, check });
const hasTask =
  (comm: string): Check =>
  ({ snapshot }) =>
    snapshot.tasks.some((task) => task.comm === comm);
const execed =
  (comm: string): Check =>
  ({ events }) =>
    events.some((event) => event.kind === "exec" && event.comm === comm);

const lesson: Lesson = {
  slug: "test",
  minutes: 1,
  steps: [step("first", hasTask("one")), step("second", hasTask("one")), step("third", execed("ps"))],
};

function follow(guest: GuestDouble, progress: LessonProgress, act: () => void = () => {}): LessonProgress {
  act();
  const { snapshot, events } = guest.show();
  return advance(lesson, progress, snapshot, events);
}

test("the first snapshot is the baseline and passes nothing", () => {
  const guest = new GuestDouble();
  guest.spawn({ comm: "one" });
  expect(follow(guest, NOT_STARTED).passed).toBe(0);
});

test("steps that hold already pass one a snapshot, in order", () => {
  const guest = new GuestDouble();
  guest.spawn({ comm: "one" });
  let progress = follow(guest, NOT_STARTED);
  progress = follow(guest, progress);
  expect(progress.passed).toBe(1);
  progress = follow(guest, progress);
  expect(progress.passed).toBe(2);
});

test("a pass outlives what caused it", () => {
  const guest = new GuestDouble();
  let progress = follow(guest, NOT_STARTED);
  let pid = 0;
  progress = follow(guest, progress, () => {
    pid = guest.spawn({ comm: "one" });
  });
  progress = follow(guest, progress, () => guest.exit(pid));
  expect(progress.passed).toBe(1);
});

test("an event before a step's start does not count for it", () => {
  const guest = new GuestDouble();
  let progress = follow(guest, NOT_STARTED);
  progress = follow(guest, progress, () => guest.spawn({ comm: "one" }));
  progress = follow(guest, progress, () => guest.spawn({ comm: "ps" }));
  expect(progress.passed).toBe(2);
  expect(follow(guest, progress).passed).toBe(2);
  progress = follow(guest, progress, () => guest.spawn({ comm: "ps" }));
  expect(isComplete(lesson, progress)).toBe(true);
  expect(follow(guest, progress)).toBe(progress);
});

test("after a restore passes stay and the current step begins anew", () => {
  const guest = new GuestDouble();
  let progress = follow(guest, NOT_STARTED);
  progress = follow(guest, progress, () => guest.spawn({ comm: "one" }));
  progress = rebase(progress);
  expect(progress).toEqual({ passed: 1, baseline: null, events: [] });
  expect(follow(new GuestDouble(), progress).passed).toBe(1);
});
