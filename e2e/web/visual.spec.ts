import type { Locator, Page } from "playwright/test";
import { lessonCardText } from "../../components/lesson/text.ts";
import { ko } from "../../components/text/ko.ts";
import { expect, test } from "./scene-page.ts";

/**
 * Pictures of every panel, held against those that were looked at and found good (visual/). The scene is a recording of the
 * real guest, the page's clock stands still, its fonts are its own.
 */
test.use({ trace: "off" });
test.describe.configure({ timeout: 60_000 });

const SIZES = [
  { width: 1440, height: 900 },
  { width: 360, height: 800 },
] as const;
/** On a phone a panel scrolls: the picture is of a screen on which more of it stands. */
const PANEL_HEIGHT = { 1440: 900, 360: 1_400 } as const;
const PANELS = ["tree", "isolation", "cgroup", "layers", "network", "preview", "timeline", "log"] as const;
type Panel = (typeof PANELS)[number] | "glass" | "details";
/** By then nothing that the kernel struck is marked any more. */
const MARKS_FADE_MS = 10_000;

/** Soft: one run tells of all pictures that differ. The message is what to do; the report says where the pictures are. */
async function expectPicture(what: Locator | Page, name: string): Promise<void> {
  const advice = `${name} looks different; if that is meant: npm run test:visual:update, and look at it`;
  await expect.soft(what, advice).toHaveScreenshot(`${name}.png`);
}

for (const size of SIZES)
  for (const theme of ["dark", "light"] as const) {
    const wide = size.width > 1180;
    const named = (name: string): string => `${name}-${size.width}-${theme}`;

    test(`workbench and panels: ${size.width}, ${theme}`, async ({ scene, page }) => {
      await scene.open("/ko/", theme, size);
      await scene.play("first");
      const region = (name: string): Locator => page.getByRole("region", { name, exact: true }).first();
      const bar = page.getByRole("navigation", { name: ko.tabs.label });
      const show = async (panel: Panel): Promise<Locator> => {
        const name = ko.tabs[panel];
        if (!wide) await bar.getByRole("button", { name, exact: true }).click();
        else if (!(await region(ko[panel].title).isVisible()))
          await page.getByRole("tab", { name, exact: true }).click();
        return scene.appears(region(ko[panel].title));
      };
      await expectPicture(region(ko.glass.title), named("glass-empty"));
      await scene.play();
      await expectPicture(page, named("workbench-ko"));
      await expectPicture(region(ko.terminal.label), named("terminals"));
      await expectPicture(region(ko.glass.title), named("glass"));
      await scene.pass(MARKS_FADE_MS);
      await page.setViewportSize({ width: size.width, height: PANEL_HEIGHT[size.width] });
      for (const panel of PANELS) {
        const shown = await show(panel);
        if (panel === "layers") await shown.getByRole("combobox", { name: ko.layers.choose }).selectOption("db");
        await expectPicture(shown, named(panel));
      }

      const web = (await show("glass")).getByRole("region", { name: ko.glass.containerWorld("web") });
      await web.getByRole("button", { name: /^sleep/ }).click();
      await expectPicture(await show("details"), named("details"));
      if (!wide) return;
      await page.getByRole("button", { name: ko.header.embed }).click();
      const dialog = page.getByRole("dialog", { name: ko.embed.title });
      const frame = await scene.appears(dialog.getByRole("region", { name: ko.embed.iframe }));
      // The page's own address is in it, whose port is another at each run.
      await frame.locator("pre").evaluate((code) => {
        code.textContent = (code.textContent ?? "").replace(location.host, "localhost:3000");
      });
      await expectPicture(dialog, named("embed"));
      await dialog.getByRole("button", { name: ko.embed.close }).click();
      await show("timeline");
      await page.getByRole("button", { name: `${ko.layout.enlarge}: ${ko.tabs.timeline}` }).click();
      await expectPicture(await scene.appears(region(ko.timeline.title)), named("timeline-enlarged"));
    });

    test(`lesson: ${size.width}, ${theme}`, async ({ scene, page }) => {
      await scene.open("/ko/lessons/pid-namespace/", theme, size);
      await scene.play();
      const card = page.getByRole("region", { name: new RegExp(`^${lessonCardText("ko").card}: `) });
      await expectPicture(card, named("lesson"));
    });

    test(`workbench in English: ${size.width}, ${theme}`, async ({ scene, page }) => {
      await scene.open("/en/", theme, size);
      await scene.play();
      await expectPicture(page, named("workbench-en"));
    });
  }
