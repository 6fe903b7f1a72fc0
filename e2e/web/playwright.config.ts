import { execFileSync } from "node:child_process";
import path from "node:path";
import { defineConfig } from "playwright/test";
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from "../../scripts/chromium.ts";

/**
 * Browser tests run against the built page (`npm run build`) in Debian's Chromium, one after the other: each boots a
 * machine of its own, and the figures in them (boot, latency) should not be of two machines sharing a core.
 */
const root = path.resolve(import.meta.dirname, "../..");
/** A free one, chosen by the first process that reads this; the others inherit it. GLASSBOX_WEB_PORT=4000 asks for that. */
process.env.GLASSBOX_WEB_PORT ??= freePort();
const PORT = Number(process.env.GLASSBOX_WEB_PORT);

/**
 * Two runs of one Chromium differ by 2 of 255 in some pixels, a baseline of few colours by more than `threshold` in at most 7;
 * a label of two letters that is missing, or anything that has moved by a pixel, is more than `maxDiffPixels`.
 */
const COMPARISON = { scale: "css", threshold: 0.1, maxDiffPixels: 40 } as const;

export default defineConfig({
  testDir: import.meta.dirname,
  outputDir: path.join(root, "test-results"),
  workers: 1,
  fullyParallel: false,
  // For what never comes: no test depends on how fast the machine is that runs it.
  timeout: 600_000,
  snapshotPathTemplate: "{testDir}/visual/{arg}{ext}",
  expect: { timeout: 120_000, toHaveScreenshot: COMPARISON },
  reporter: [["list"]],
  use: {
    baseURL: `http://localhost:${PORT}`,
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: CHROMIUM_PATH,
      // Letters the same whatever the machine's font settings are.
      args: [...CHROMIUM_FLAGS, "--font-render-hinting=none", "--disable-lcd-text"],
    },
  },
  webServer: {
    command: `npx tsx scripts/serve.ts --port ${PORT}`,
    cwd: root,
    url: `http://localhost:${PORT}/`,
    reuseExistingServer: false,
    timeout: 300_000,
  },
});

/** A configuration cannot wait for a server of its own to listen. */
function freePort(): string {
  const script = `const server = require("node:net").createServer();
    server.listen(0, () => { process.stdout.write(String(server.address().port)); server.close(); });`;
  return execFileSync(process.execPath, ["-e", script], { encoding: "utf8" });
}
