import { defineConfig } from "vitest/config";

/** Unit tests: beside the source, no guest, no browser. Guest and web tests have their own configurations in e2e/. */
export default defineConfig({
  test: {
    include: ["{lib,runtime-src,guest-image,components,lessons,embed,scripts,bench,e2e/demo}/**/*.test.{ts,tsx}"],
    environment: "node",
    // For what never comes: no test depends on how fast the machine is that runs it.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
