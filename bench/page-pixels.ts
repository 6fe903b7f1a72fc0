/**
 * From a change in the kernel to the drawn page, in Chromium: processes that are born and killed, until the process
 * tree has drawn it. The guest says when (its clock, set against the page's by the fastest line of all); the page says
 * when it has drawn. And the main thread's long tasks, drawing while the guest computes and forks without a pause.
 */
import type { Page } from "playwright";
import { type BenchContext, type Figure, figure, median, percentile } from "./figure.ts";
import { addProbe, openBrowser, openSite } from "./site.ts";

const ROUNDS = 40;
/** Born, shown for a while, killed: each line is `CHANGE <what> <pid> <seconds since the epoch>`. */
const CHANGES = `for i in $(seq ${ROUNDS}); do (printf 'CHANGE born %s %s\\n' $BASHPID $EPOCHREALTIME; exec sleep 9) & sleep 0.35; printf 'CHANGE gone %s %s\\n' $! $EPOCHREALTIME; kill -9 $!; wait $! 2>/dev/null; sleep 0.15; done 2>/dev/null`;
const BUSY =
  "end=$((SECONDS+5)); while [ $SECONDS -lt $end ]; do i=0; while [ $i -lt 500 ]; do i=$((i+1)); done; /bin/true; done";

interface Change {
  readonly what: string;
  readonly pid: string;
  readonly guestMs: number;
  readonly arrivedMs: number;
  readonly drawnMs: number;
}

/** Runs in the page: notes when a line of CHANGES comes in, and the frame in which the tree has the row, or no longer. */
function watchChanges(): void {
  const open: { what: string; pid: string; guestMs: number; arrivedMs: number }[] = [];
  const done: Change[] = [];
  const longTasks: number[] = [];
  const cells = (): Set<string> => {
    const rows = document.querySelectorAll("table tr[aria-rowindex] td:first-of-type");
    return new Set([...rows].map((cell) => cell.textContent?.trim() ?? ""));
  };
  let read = 0;
  const epochMs = (): number => performance.timeOrigin + performance.now();
  const frame = (): void => {
    const lines = window.probe.screen.slice(read);
    const end = lines.lastIndexOf("\n") + 1;
    read += end;
    for (const match of lines.slice(0, end).matchAll(/CHANGE (born|gone) (\d+) ([\d.]+)/g)) {
      const [, what = "", pid = "", seconds = ""] = match;
      open.push({ what, pid, guestMs: Number(seconds) * 1_000, arrivedMs: epochMs() });
    }
    if (open.length > 0) {
      const shown = cells();
      for (const change of [...open]) {
        if (shown.has(change.pid) !== (change.what === "born")) continue;
        open.splice(open.indexOf(change), 1);
        done.push({ ...change, drawnMs: epochMs() });
      }
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((entry) => entry.duration))).observe({
    entryTypes: ["longtask"],
  });
  Object.assign(window, { benchChanges: done, benchLongTasks: longTasks });
}

async function run(page: Page, command: string): Promise<void> {
  await page.evaluate((line) => window.probe.run(`${line}; echo fin''ished`, "finished"), command);
}

export async function figures({ outDir, note }: BenchContext): Promise<readonly Figure[]> {
  const [site, browser] = [await openSite(outDir), await openBrowser()];
  try {
    const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
    await addProbe(page);
    await page.goto(`${site.url}/en/`);
    await page.waitForFunction(() => window.probe.readyAtMs !== null && window.glassbox !== undefined);
    await page.evaluate(() => window.glassbox?.settled());
    await page.evaluate(watchChanges);
    await run(page, CHANGES);
    const changes = (await page.evaluate("benchChanges")) as Change[];
    const offset = Math.min(...changes.map(({ arrivedMs, guestMs }) => arrivedMs - guestMs));
    const delays = changes.map(({ drawnMs, guestMs }) => drawnMs - guestMs - offset);
    const before = ((await page.evaluate("benchLongTasks")) as number[]).length;
    await run(page, BUSY);
    const long = ((await page.evaluate("benchLongTasks")) as number[]).slice(before);
    note(`${changes.length} of ${2 * ROUNDS} changes drawn; long tasks under load: ${long.map(Math.round)} ms`);
    const missing = 2 * ROUNDS - changes.length;
    return [
      figure("kernel change to drawn page, median", median(delays), "ms", null),
      figure("kernel change to drawn page, 95th percentile", percentile(delays, 0.95), "ms", 100),
      figure("kernel changes that were never drawn", missing, "count", 0),
      figure("main-thread tasks over 50 ms, guest at 100 %", long.length, "count", 0),
    ];
  } finally {
    await browser.close();
    site.close();
  }
}
