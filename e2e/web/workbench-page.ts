import { test as base, expect, type Locator, type Page } from "playwright/test";

/** The sandbox as a visitor meets it; tests wait for what the page shows, never for a time. */
export class WorkbenchPage {
  readonly page: Page;
  readonly glass: Locator;
  readonly tree: Locator;
  readonly isolation: Locator;
  readonly cgroup: Locator;
  readonly timeline: Locator;
  readonly log: Locator;
  readonly screen: Locator;

  constructor(page: Page) {
    this.page = page;
    this.glass = page.getByRole("region", { name: "Glass view" });
    this.tree = page.getByRole("table", { name: /Every process/ });
    this.isolation = page.getByRole("table", { name: /eight namespaces/ });
    this.cgroup = page.getByRole("region", { name: "cgroup", exact: true });
    this.timeline = page.getByRole("region", { name: "Timeline", exact: true });
    this.log = page.getByRole("tabpanel", { name: "Kernel log" });
    this.screen = page.getByRole("group", { name: "Host screen" });
  }

  async open(language = "en"): Promise<void> {
    await this.page.goto(`/${language}/`);
    await this.page.waitForFunction(() => window.glassbox !== undefined);
    await this.page.evaluate(() => window.glassbox?.ready());
  }

  /** Types a command at the prompt and waits for the next one. */
  async run(command: string): Promise<void> {
    await this.page.evaluate((text) => window.glassbox?.run(text), command);
  }

  /** Types without waiting: for commands that stay in the foreground. */
  async type(text: string): Promise<void> {
    await this.screen.getByRole("textbox").focus();
    await this.page.keyboard.type(text);
    await this.page.keyboard.press("Enter");
  }

  /** A line of the terminal. The live region beside the lines repeats what is new, so text alone may match twice. */
  line(text: RegExp): Locator {
    return this.screen.getByRole("listitem").filter({ hasText: text });
  }

  /** On a phone. A key may meet a panel that has just come to the front and is still being drawn. */
  async rewind(): Promise<void> {
    const slider = this.timeline.getByRole("slider", { name: "Moment shown" });
    await expect(async () => {
      await slider.press("Home");
      await expect(slider).toHaveAttribute("aria-valuetext", /ago/, { timeout: 1_000 });
    }).toPass();
  }

  treeRow(name: RegExp | string): Locator {
    return this.tree.getByRole("row", { name });
  }
}

export const test = base.extend<{ readonly workbench: WorkbenchPage }>({
  workbench: async ({ page }, use) => {
    // The terminal draws on a canvas; for a screen reader, and so for a test, it keeps its lines as text as well.
    // Frames of the preview have no storage.
    await page.addInitScript(() => window === window.top && localStorage.setItem("glassbox.screenReader", "on"));
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    await use(new WorkbenchPage(page));
    expect(faults, "uncaught errors on the page").toEqual([]);
  },
});

export { expect };
