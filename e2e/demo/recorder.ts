import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright";

export interface Frame {
  readonly file: string;
  /** When the browser showed it, ms. */
  readonly atMs: number;
}

export interface Footage {
  readonly frames: readonly Frame[];
  readonly endMs: number;
}

const JPEG_QUALITY = 95;

/**
 * Keeps every frame that the browser paints, with the time at which it did. Frames come on change only, so a still
 * picture costs nothing. Playwright's own recording to a file wants its own ffmpeg, which a closed network cannot get.
 */
export async function record(page: Page, dir: string): Promise<() => Promise<Footage>> {
  const frames: Frame[] = [];
  const size = page.viewportSize() ?? undefined;
  await page.screencast.start({
    size,
    quality: JPEG_QUALITY,
    fps: 30,
    onFrame: ({ data, timestamp }) => {
      const file = path.join(dir, `${String(frames.length).padStart(6, "0")}.jpg`);
      writeFileSync(file, data);
      frames.push({ file, atMs: timestamp });
    },
  });
  return async () => {
    await page.screencast.stop();
    if (frames.length === 0) throw new Error("screencast: the browser painted no frame");
    return { frames, endMs: Date.now() };
  };
}
