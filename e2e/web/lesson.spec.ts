import { LESSONS } from "../../lessons/lessons.ts";
import { ways as pidNamespaceWays } from "../../lessons/pid-namespace/ways.ts";
import type { LessonWays } from "../../lib/lessons/lesson.ts";
import { expect, test } from "./lesson-page.ts";

const WAYS: Readonly<Record<string, LessonWays>> = { "pid-namespace": pidNamespaceWays };

for (const { slug, steps } of LESSONS) {
  const ways = WAYS[slug] ?? { others: {}, wrong: {} };

  test(`${slug}: one click a step, then all is done and can be started over`, async ({ lesson }) => {
    await lesson.open(slug);
    for (const [index, step] of steps.entries()) {
      await expect(lesson.card.getByRole("code").filter({ hasText: `$ ${step.command.line}` })).toBeVisible();
      await lesson.typeIt();
      await lesson.expectPassed(index + 1);
      await lesson.settle();
    }
    await expect(lesson.card.getByRole("heading", { name: "All done" })).toBeVisible();
    await lesson.card.getByRole("button", { name: "Start over" }).click();
    await lesson.expectPassed(0);
  });

  test(`${slug}: a reset of the machine keeps what was passed`, async ({ lesson, page }) => {
    await lesson.open(slug);
    await lesson.typeIt();
    await lesson.expectPassed(1);
    await lesson.run({ terminal: "hvc2", line: "sleep 1000 &" });
    const sleeper = page.getByRole("table", { name: /Every process/ }).getByText("sleep");
    await expect(sleeper).toBeVisible();
    await page.getByRole("button", { name: "Reset" }).click();
    await expect(sleeper).toHaveCount(0);
    await expect(page.getByText("Live", { exact: true })).toBeVisible();
    await lesson.expectPassed(1);
    await lesson.typeIt();
    await lesson.expectPassed(2);
  });

  for (const [name, way] of Object.entries(ways.others)) {
    test(`${slug}: ${name}`, async ({ lesson }) => {
      await lesson.open(slug);
      for (const [index, step] of steps.entries()) {
        for (const command of way[step.id] ?? []) await lesson.run(command);
        await lesson.expectPassed(index + 1);
      }
    });
  }

  test(`${slug}: near misses pass nothing`, async ({ lesson }) => {
    test.slow();
    await lesson.open(slug);
    for (const [index, step] of steps.entries()) {
      for (const command of ways.wrong[step.id] ?? []) {
        await lesson.run(command);
        await lesson.settle();
        await expect(lesson.card, command.line).toHaveAttribute("data-passed", String(index));
      }
      await lesson.run(step.command);
      await lesson.expectPassed(index + 1);
    }
  });
}
