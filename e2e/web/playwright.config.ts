import path from "node:path";
import { defineConfig } from "playwright/test";
import { CHROMIUM_FLAGS, CHROMIUM_PATH } from "../../scripts/chromium.ts";

/**
 * Browser tests run against the built page (`npm run build`) in Debian's Chromium, one after the other: each boots a
 * machine of its own, and the figures in them (boot, latency) should not be of two machines sharing a core.
 */
const root = path.resolve(import.meta.dirname, "../..");
const PORT = 3999;

export default defineConfig({
  testDir: import.meta.dirname,
  outputDir: path.join(root, "test-results"),
  workers: 1,
  fullyParallel: false,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  use: {
    baseURL: `http://localhost:${PORT}`,
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: CHROMIUM_PATH,
      args: [...CHROMIUM_FLAGS],
    },
  },
  webServer: {
    command: `npx tsx scripts/serve.ts --port ${PORT}`,
    cwd: root,
    url: `http://localhost:${PORT}/`,
    reuseExistingServer: false,
  },
});
