/**
 * `npm test`: builds what the suites need, runs them, and closes with one line that counts them all. A suite that
 * could not run counts as one failure. `npm test -- guest web` runs only those named.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { requireHostPackages } from "../guest-image/lib/host-packages.ts";
import { ensureChromium } from "./chromium.ts";
import { fail } from "./fail.ts";
import { guestImageDir } from "./guest-image-dir.ts";
import { buildPage } from "./page-build.ts";
import { type Counts, countsFrom, SUITES, type Suite } from "./test-suites.ts";

const root = path.resolve(import.meta.dirname, "..");

async function prepare(needs: Suite["needs"]): Promise<void> {
  if (needs === "compiler") await requireHostPackages();
  if (needs === "image") process.env.GLASSBOX_IMAGE = await guestImageDir();
  if (needs === "page") {
    ensureChromium();
    process.env.GLASSBOX_IMAGE = (await buildPage()).imageDir;
  }
}

function runSuite(suite: Suite, reportDir: string): Counts {
  const report = path.join(reportDir, `${suite.name}.json`);
  const reporters =
    suite.runner === "vitest"
      ? ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`]
      : ["--reporter=list,json"];
  const { status } = spawnSync("npx", ["--no-install", ...suite.command, ...reporters], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  });
  const counts = countsFrom(suite.runner, report);
  if (!counts) return { passed: 0, failed: 1, skipped: 0 };
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

async function runAll(suites: readonly Suite[]): Promise<Counts> {
  const reportDir = mkdtempSync(path.join(tmpdir(), "glassbox-test-"));
  let total: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const suite of suites) {
    process.stdout.write(`\n== ${suite.name}\n`);
    let counts: Counts;
    try {
      await prepare(suite.needs);
      counts = runSuite(suite, reportDir);
    } catch (error) {
      fail(suite.name, error);
      counts = { passed: 0, failed: 1, skipped: 0 };
    }
    process.stdout.write(`== ${suite.name}: ${counts.passed} passed, ${counts.failed} failed\n`);
    total = {
      passed: total.passed + counts.passed,
      failed: total.failed + counts.failed,
      skipped: total.skipped + counts.skipped,
    };
  }
  rmSync(reportDir, { recursive: true });
  return total;
}

const names = process.argv.slice(2);
const unknown = names.filter((name) => !SUITES.some((suite) => suite.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `test: no suite ${unknown.join(", ")}; there are ${SUITES.map(({ name }) => name).join(", ")}\n`,
  );
  process.exitCode = 2;
} else {
  const { passed, failed, skipped } = await runAll(
    SUITES.filter(({ name }) => names.length === 0 || names.includes(name)),
  );
  const skips = skipped > 0 ? `, ${skipped} skipped` : "";
  process.stdout.write(`\n${passed} passed, ${failed} failed${skips}\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}
