import path from "node:path";
import { defineConfig } from "vitest/config";

/** Tests on the real kernel in v86 under Node, from the image's snapshot. One machine at a time: it fills a core. */
export default defineConfig({
  root: path.resolve(import.meta.dirname, "../.."),
  test: {
    include: ["e2e/guest/**/*.test.ts"],
    environment: "node",
    globalSetup: ["e2e/guest/global-setup.ts"],
    fileParallelism: false,
    maxWorkers: 1,
    // For what never comes: no test depends on how fast the machine is that runs it.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
  },
});
