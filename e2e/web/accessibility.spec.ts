import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright/test";
import { expect, test } from "./workbench-page.ts";

/** An axe pass over every panel, in both themes and languages: no finding that axe calls serious or critical. */
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function findings(page: Page): Promise<readonly string[]> {
  // The policy of the page allows no foreign script; the debugger may evaluate all the same.
  await page.evaluate(AXE);
  const results = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(root: Document, options: object): Promise<AxeResults> } };
    return axe.run(document, { resultTypes: ["violations"] });
  });
  return results.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary ?? ""}`.replace(/\s+/g, " ")),
    );
}

for (const language of ["ko", "en"])
  for (const theme of ["dark", "light"])
    test(`no serious finding: ${language}, ${theme}`, async ({ workbench, page }) => {
      await page.addInitScript((name) => localStorage.setItem("glassbox.theme", name), theme);
      // What is being animated has no settled colour.
      await page.emulateMedia({ reducedMotion: "reduce" });
      await workbench.open(language);
      await workbench.run("docker run -d --name web -m 30M busybox sleep 600");
      await workbench.run("docker exec web sh -c 'echo 1 > /etc/made; rm /etc/group'");
      await expect(page.getByRole("button", { name: /^sleep/ }).first()).toBeVisible();
      expect.soft(await findings(page), "as the page opens").toEqual([]);
      for (const name of await page.locator('[role="tab"][draggable]').allTextContents()) {
        await page.getByRole("tab", { name, exact: true }).click();
        await page
          .locator("main")
          .getByRole("button", { name: /^sleep/ })
          .first()
          .click();
        expect.soft(await findings(page), name).toEqual([]);
      }
      await page.setViewportSize({ width: 360, height: 800 });
      expect.soft(await findings(page), "on a phone").toEqual([]);
    });
