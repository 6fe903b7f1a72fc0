import { test as base, expect, type Locator, type Page } from "playwright/test";
import type { LessonCommand } from "../../lib/lessons/lesson.ts";

/** A lesson as a visitor meets it. Waits are for what the page shows or the script API tells. */
export class LessonPage {
  readonly page: Page;
  readonly card: Locator;

  constructor(page: Page) {
    this.page = page;
    this.card = page.getByRole("region", { name: /^Lesson: / });
  }

  async open(slug: string): Promise<void> {
    await this.page.goto(`/en/lessons/${slug}/`);
    await this.page.waitForFunction(() => window.glassbox !== undefined);
    await this.page.evaluate(() => window.glassbox?.ready());
  }

  async run({ terminal, line }: LessonCommand): Promise<void> {
    await this.page.evaluate(([command, into]) => window.glassbox?.run(command, { terminal: into }), [
      line,
      terminal,
    ] as const);
  }

  /** Everything that the lines did has reached the page. */
  async settle(): Promise<void> {
    await this.page.evaluate(() => window.glassbox?.settled());
  }

  async typeIt(): Promise<void> {
    await this.card.getByRole("button", { name: "Type it" }).click();
  }

  async expectPassed(count: number): Promise<void> {
    await expect(this.card).toHaveAttribute("data-passed", String(count));
    if (count > 0) await expect(this.card.getByRole("status")).toContainText(`Step ${count} passed.`);
  }
}

export const test = base.extend<{ readonly lesson: LessonPage }>({
  lesson: async ({ page }, use) => {
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    await use(new LessonPage(page));
    expect(faults, "uncaught errors on the page").toEqual([]);
  },
});

export { expect };
