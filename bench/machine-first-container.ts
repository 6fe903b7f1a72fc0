/**
 * The first container of a visit, in Chromium: a page is opened, and `box run` or crun's `run` is the first container
 * in its guest. Both get the same preparation (crun's files copied to tmpfs), so both meet the same warm shell.
 */
import type { Browser } from "playwright";
import { type BenchContext, type Figure, figure, median, ratio } from "./figure.ts";
import { CRUN, FOLDER, installCommand, runtimeFiles } from "./reference-runtimes.ts";
import { addProbe, openBrowser, openSite } from "./site.ts";

const ROUNDS = 5;
const REST_MS = 3_000;
const BOX = "box run --rm --network none -m 100M busybox true";
const REFERENCE = `${CRUN} run --bundle /run/bench/bundle bench`;

async function firstRunMs(
  browser: Browser,
  url: string,
  files: ReadonlyMap<string, Uint8Array>,
  command: string,
): Promise<number> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await addProbe(page);
    await page.goto(url, { waitUntil: "commit" });
    await page.waitForFunction(() => window.probe?.readyAtMs !== null);
    for (const [name, data] of files) {
      const base64 = Buffer.from(data).toString("base64");
      await page.evaluate(
        ({ path, text }) => {
          const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
          window.probe.worker?.postMessage({ type: "put-file", path, data: bytes });
        },
        { path: `${FOLDER}/${name}`, text: base64 },
      );
    }
    const run = (line: string): Promise<number> =>
      page.evaluate((typed) => window.probe.run(`${typed}; echo ma''rk`, "mark\r"), line);
    await run(installCommand(files));
    // Copying crun's libraries makes the guest busy, and a busy guest is compiled: a visitor's is not.
    await page.waitForTimeout(REST_MS);
    return await run(command);
  } finally {
    await context.close();
  }
}

export async function figures({ outDir, note }: BenchContext): Promise<readonly Figure[]> {
  const files = await runtimeFiles();
  const [site, browser] = [await openSite(outDir), await openBrowser()];
  const [box, crun]: [number[], number[]] = [[], []];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      box.push(await firstRunMs(browser, `${site.url}/ko/`, files, BOX));
      crun.push(await firstRunMs(browser, `${site.url}/ko/`, files, REFERENCE));
    }
  } finally {
    await browser.close();
    site.close();
  }
  note(`box ${box.map(Math.round)} ms, crun ${crun.map(Math.round)} ms`);
  return [
    figure("box run, first container of a visit, in Chromium", median(box), "ms", null),
    ratio("box run against crun, first container of a visit, in Chromium", box, crun, 0.5, "crun 1.8.1"),
  ];
}
