/** The suites of `npm test`, in the order in which they run: the quickest to fail first. */
import { existsSync, readFileSync } from "node:fs";

export interface Suite {
  readonly name: string;
  /** Run by npx, from the repository's root. */
  readonly command: readonly string[];
  readonly runner: "vitest" | "playwright";
  readonly needs: "nothing" | "compiler" | "image" | "page";
}

/** They compile C for this machine first: no unit tests, though they lie beside their source. */
const ENGINE_TESTS = ["runtime-src/engine/", "runtime-src/archive/", "runtime-src/node/compat.test.ts"];
export const UNIT_TESTS: readonly string[] = ENGINE_TESTS.flatMap((place) => [
  "--exclude",
  place.endsWith("/") ? `${place}**` : place,
]);

export const SUITES: readonly Suite[] = [
  { name: "unit", command: ["vitest", "run", ...UNIT_TESTS], runner: "vitest", needs: "nothing" },
  { name: "engine", command: ["vitest", "run", ...ENGINE_TESTS], runner: "vitest", needs: "compiler" },
  {
    name: "guest",
    command: ["vitest", "run", "--config", "e2e/guest/vitest.config.ts"],
    runner: "vitest",
    needs: "image",
  },
  {
    name: "web",
    command: ["playwright", "test", "--config", "e2e/web/playwright.config.ts"],
    runner: "playwright",
    needs: "page",
  },
];

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Counts of a runner's JSON report; null where it left none or ran no test, which is a failure too. */
export function countsFrom(runner: Suite["runner"], reportFile: string): Counts | null {
  if (!existsSync(reportFile)) return null;
  const report = JSON.parse(readFileSync(reportFile, "utf8"));
  const counts = runner === "vitest" ? vitestCounts(report) : playwrightCounts(report);
  return counts.passed + counts.failed > 0 ? counts : null;
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

function vitestCounts(report: VitestReport): Counts {
  // A file that failed to load has no tests of its own to count.
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

interface PlaywrightReport {
  readonly stats: {
    readonly expected: number;
    readonly unexpected: number;
    readonly flaky: number;
    readonly skipped: number;
  };
  readonly errors: readonly unknown[];
}

function playwrightCounts({ stats, errors }: PlaywrightReport): Counts {
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length, skipped: stats.skipped };
}
