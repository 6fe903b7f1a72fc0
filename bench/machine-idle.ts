/** Processor time of an idle guest in Chromium, visible and hidden, beyond what the browser takes with an empty page. */
import { readdirSync, readFileSync } from "node:fs";
import { type BenchContext, type Figure, figure } from "./figure.ts";
import { addProbe, openBrowser, openSite } from "./site.ts";

const SETTLE_MS = 4_000;
const MEASURE_MS = 10_000;
/** Clock ticks a second in /proc/PID/stat (sysconf(_SC_CLK_TCK)), 100 on every Linux that Chromium runs on. */
const TICKS_PER_SECOND = 100;

const passed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** utime + stime of all Chromium processes that descend from this one, in seconds. */
export function browserSeconds(): number {
  const stats = new Map<number, { ppid: number; ticks: number }>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const fields = readFileSync(`/proc/${name}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      stats.set(Number(name), { ppid: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) });
    } catch {
      // Ended between the listing and the reading.
    }
  }
  const descends = (pid: number): boolean => {
    for (let at = stats.get(pid); at; at = stats.get(at.ppid)) if (at.ppid === process.pid) return true;
    return false;
  };
  return [...stats].filter(([pid]) => descends(pid)).reduce((sum, [, { ticks }]) => sum + ticks, 0) / TICKS_PER_SECOND;
}

async function busyPercent(): Promise<number> {
  await passed(SETTLE_MS);
  const [from, startedAtMs] = [browserSeconds(), performance.now()];
  await passed(MEASURE_MS);
  return ((browserSeconds() - from) * 100_000) / (performance.now() - startedAtMs);
}

export async function figures({ outDir, note }: BenchContext): Promise<readonly Figure[]> {
  const [site, browser] = [await openSite(outDir), await openBrowser()];
  try {
    const page = await browser.newPage();
    await addProbe(page);
    const empty = await busyPercent();
    await page.goto(`${site.url}/ko/`, { waitUntil: "commit" });
    await page.waitForFunction(() => window.probe.readyAtMs !== null);
    const visible = (await busyPercent()) - empty;
    await page.evaluate(() => window.probe.worker?.postMessage({ type: "visibility", visible: false }));
    const hidden = (await busyPercent()) - empty;
    note(`empty page ${empty.toFixed(1)} %`);
    return [
      figure("idle guest, visible: share of a core", Math.max(0, visible), "%", 5),
      figure("idle guest, hidden: share of a core", Math.max(0, hidden), "%", 0.5),
    ];
  } finally {
    await browser.close();
    site.close();
  }
}
