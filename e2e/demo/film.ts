import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright";
import { Actor } from "./actor.ts";
import type { Demo } from "./demo.ts";
import { encode } from "./encode.ts";
import { checkFilm } from "./probe.ts";
import { type Footage, record } from "./recorder.ts";
import { showTitle } from "./title-card.ts";

const VIEWPORT = { width: 1440, height: 900 };
/** A film on a busy machine may take its time; a step that takes longer than this has failed. */
const STEP_TIMEOUT_MS = 120_000;
const TITLE_MS = 2_400;

export interface FilmOptions {
  readonly site: string;
  readonly chromiumPath: string;
  readonly chromiumFlags: readonly string[];
  readonly ffmpeg: string;
  /** Without extension: `.webm` and `.png` are written. */
  readonly outFile: string;
  readonly onNote: (text: string) => void;
}

/** Plays the demo in Chromium and writes the film and its poster. */
export async function film(demo: Demo, options: FilmOptions): Promise<void> {
  mkdirSync(path.dirname(options.outFile), { recursive: true });
  const dir = mkdtempSync(path.join(tmpdir(), "glassbox-film-"));
  try {
    const footage = await shoot(demo, dir, options);
    options.onNote(`encoding ${footage.frames.length} frames`);
    encode(options.ffmpeg, footage, dir, `${options.outFile}.webm`);
    checkFilm(options.ffmpeg, `${options.outFile}.webm`, footage, VIEWPORT.width, VIEWPORT.height);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function shoot(demo: Demo, dir: string, options: FilmOptions): Promise<Footage> {
  const browser = await chromium.launch({ executablePath: options.chromiumPath, args: [...options.chromiumFlags] });
  try {
    const page = await browser.newPage({ viewport: VIEWPORT, colorScheme: "dark", locale: "ko-KR" });
    page.setDefaultTimeout(STEP_TIMEOUT_MS);
    const faults: Error[] = [];
    page.on("pageerror", (error) => faults.push(error));
    options.onNote(`opening ${demo.path}`);
    await page.goto(new URL(demo.path, options.site).href);
    await page.waitForFunction(() => window.glassbox !== undefined);
    const stop = await record(page, dir);
    options.onNote("playing");
    await demo.play({
      page,
      actor: new Actor(page),
      poster: async () => void (await page.screenshot({ path: `${options.outFile}.png` })),
      title: (title, below) => showTitle(page, title, below, TITLE_MS),
    });
    const footage = await stop();
    if (faults[0]) throw new Error(`the page failed while it was filmed: ${faults[0].message}`, { cause: faults[0] });
    return footage;
  } finally {
    await browser.close();
  }
}
