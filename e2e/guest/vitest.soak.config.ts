import path from "node:path";
import { defineConfig } from "vitest/config";

/** What takes longer than CI may: `npm run test:soak`. */
export default defineConfig({
  root: path.resolve(import.meta.dirname, "../.."),
  test: {
    include: ["e2e/guest/**/*.soak.ts"],
    environment: "node",
    globalSetup: ["e2e/guest/global-setup.ts"],
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
  },
});
