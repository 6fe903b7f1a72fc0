/**
 * From opening the page to the first answered command, in Chromium with an empty cache: the real page against a bare
 * one with stock v86 restoring the same snapshot, served by the same server, in turns. And what that cost in bytes.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser } from "playwright";
import { step } from "../guest-image/lib/progress.ts";
import { deviceOptions } from "../lib/machine/devices.ts";
import type { GuestManifest } from "../lib/protocol/manifest.ts";
import { precompress } from "../scripts/precompress.ts";
import { type BenchContext, type Figure, figure, median, ratio } from "./figure.ts";
import { addProbe, openBrowser, openSite } from "./site.ts";

const ROUNDS = 7;
const PAGE = "/ko/";
const require = createRequire(import.meta.url);

/** Opens a page in a fresh profile and gives the ms from its time origin to the answer. */
async function answeredMs(browser: Browser, url: string, wait: () => Promise<number>): Promise<number> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await addProbe(page);
    await page.goto(url, { waitUntil: "commit" });
    return await page.evaluate(wait);
  } finally {
    await context.close();
  }
}

async function oursAnswers(): Promise<number> {
  while (window.probe.readyAtMs === null) await new Promise((resolve) => setTimeout(resolve, 1));
  await window.probe.run("echo an''swered", "answered");
  return performance.now();
}

async function stockAnswers(): Promise<number> {
  const state = window as unknown as { answeredAtMs?: number };
  while (state.answeredAtMs === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
  return state.answeredAtMs;
}

async function writeStockPage(dir: string, imageDir: string): Promise<void> {
  const manifest = JSON.parse(readFileSync(path.join(imageDir, "manifest.json"), "utf8")) as GuestManifest;
  for (const name of ["libv86.js", "v86.wasm"]) cpSync(require.resolve(`v86/build/${name}`), path.join(dir, name));
  cpSync(path.join(imageDir, manifest.files.snapshot.path), path.join(dir, "state.bin.zst"));
  cpSync(path.join(imageDir, manifest.baseUrl), path.join(dir, "tree"), { recursive: true });
  writeFileSync(
    path.join(dir, "stock.js"),
    `const emulator = new V86({ ...${JSON.stringify(deviceOptions())}, wasm_path: "v86.wasm", autostart: true,
       initial_state: { url: "state.bin.zst" }, filesystem: { baseurl: "tree/" } });
     let screen = "";
     emulator.add_listener("virtio-console0-output-bytes", (data) => {
       screen += new TextDecoder().decode(data);
       if (screen.includes("answered")) window.answeredAtMs ??= performance.now();
     });
     emulator.add_listener("emulator-started", () =>
       emulator.bus.send("virtio-console0-input-bytes", new TextEncoder().encode("echo an''swered\\n")));`,
  );
  writeFileSync(
    path.join(dir, "index.html"),
    `<!doctype html><title>stock v86</title><script src="libv86.js"></script><script src="stock.js"></script>`,
  );
  const progress = step("compressing the stock page");
  await precompress(dir, (file) => file.includes("/tree/"), progress);
  progress.done();
}

export async function figures({ imageDir, outDir, note }: BenchContext): Promise<readonly Figure[]> {
  const stockDir = mkdtempSync(path.join(tmpdir(), "glassbox-stock-"));
  await writeStockPage(stockDir, imageDir);
  const [mine, stock, browser] = [await openSite(outDir), await openSite(stockDir), await openBrowser()];
  const [ours, theirs, bytes]: [number[], number[], number[]] = [[], [], []];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const before = mine.sentBytes();
      ours.push(await answeredMs(browser, mine.url + PAGE, oursAnswers));
      bytes.push(mine.sentBytes() - before);
      theirs.push(await answeredMs(browser, `${stock.url}/`, stockAnswers));
    }
  } finally {
    await browser.close();
    mine.close();
    stock.close();
    rmSync(stockDir, { recursive: true });
  }
  note(`ours ${ours.map(Math.round)} ms, stock ${theirs.map(Math.round)} ms`);
  return [
    figure("bytes to a prompt, first visit", median(bytes) / 1e6, "MB", 6),
    figure("page open to first answered command", median(ours), "ms", null),
    ratio("page open to first answered command, against stock v86", ours, theirs, 0.6, "bare page with stock v86"),
  ];
}
