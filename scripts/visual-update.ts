/**
 * `npm run test:visual:update`: takes the pictures that differ from their baselines (e2e/web/visual) anew and keeps them small.
 * What it changed is to be looked at before it is committed. Arguments go to Playwright: `-- -g "lesson"`.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { ensureChromium } from "./chromium.ts";
import { fail } from "./fail.ts";
import { buildPage } from "./page-build.ts";

const root = path.resolve(import.meta.dirname, "..");
const BASELINES = path.join(root, "e2e/web/visual");
const TEST = ["playwright", "test", "--config", "e2e/web/playwright.config.ts", "visual", "--update-snapshots"];

/**
 * Of 100. With 95 the pictures take 1.3 MB instead of 3.9, and at most 7 pixels of one are off by more than the comparison
 * allows (e2e/web/playwright.config.ts); with 80 they would take 1.0 MB and be off by 92 pixels.
 */
const QUALITY = 95;

/** At most 256 colours. Returns whether it had more. */
async function reduceColours(file: string): Promise<boolean> {
  const picture = sharp(readFileSync(file));
  if ((await picture.metadata()).isPalette) return false;
  const reduced = picture.png({ palette: true, quality: QUALITY, effort: 10, dither: 0, compressionLevel: 9 });
  writeFileSync(file, await reduced.toBuffer());
  return true;
}

try {
  ensureChromium();
  process.env.GLASSBOX_IMAGE = (await buildPage()).imageDir;
  const { status } = spawnSync("npx", ["--no-install", ...TEST, ...process.argv.slice(2)], {
    cwd: root,
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
  for (const name of readdirSync(BASELINES).filter((file) => file.endsWith(".png")))
    if (await reduceColours(path.join(BASELINES, name))) process.stdout.write(`e2e/web/visual/${name}: taken anew\n`);
} catch (error) {
  fail("visual-update", error);
}
