/** `npm run check`: what has to be green on each commit. Format, lint and import rules; types; unit tests. */
import { spawnSync } from "node:child_process";
import path from "node:path";
import { UNIT_TESTS } from "./test-suites.ts";

const root = path.resolve(import.meta.dirname, "..");

const CHECKS: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: "format and lint (npx biome check --write fixes most)", command: ["biome", "ci", "--error-on-warnings"] },
  { name: "types", command: ["tsc", "--noEmit"] },
  { name: "unit tests", command: ["vitest", "run", "--reporter=dot", ...UNIT_TESTS] },
];

const failed: string[] = [];
for (const { name, command } of CHECKS) {
  process.stderr.write(`== ${name}\n`);
  const { status } = spawnSync("npx", ["--no-install", ...command], { cwd: root, stdio: "inherit" });
  if (status !== 0) failed.push(name);
}
process.stderr.write(failed.length > 0 ? `check: not green: ${failed.join("; ")}\n` : "check: green\n");
process.exitCode = failed.length > 0 ? 1 : 0;
