/**
 * `npm run test:soak`: what takes longer than CI may. A large fuzz of introspection with a new seed, a machine that is
 * reset and stressed for long, and each film made twice. Prints the figures that a closing note quotes.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { guestImageDir } from "./guest-image-dir.ts";
import { buildPage } from "./page-build.ts";

const root = path.resolve(import.meta.dirname, "..");
const FUZZ_ROUNDS = process.env.FUZZ_ROUNDS ?? "1000000";
const FUZZ_SEED = process.env.FUZZ_SEED ?? String(Date.now() % 1_000_000_007);
const DEMO = "scripts/demo.ts";

interface Part {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const vitest = (config: string, ...files: readonly string[]): string[] => [
  "vitest",
  "run",
  "--config",
  config,
  "--testTimeout=3600000",
  ...files,
];

const PARTS: readonly Part[] = [
  {
    name: `fuzz, ${FUZZ_ROUNDS} memories, seed ${FUZZ_SEED}`,
    command: vitest("e2e/guest/vitest.config.ts", "introspect-fuzz"),
    env: { FUZZ_ROUNDS, FUZZ_SEED },
  },
  { name: "machine", command: vitest("e2e/guest/vitest.soak.config.ts") },
  ...(existsSync(path.join(root, DEMO))
    ? [1, 2].map((time) => ({ name: `film, time ${time}`, command: ["tsx", DEMO, "unshare"] }))
    : []),
];

process.env.GLASSBOX_IMAGE = await guestImageDir();
await buildPage();
const results: string[] = [];
for (const { name, command, env } of PARTS) {
  process.stdout.write(`\n== ${name}\n`);
  const startedAtMs = performance.now();
  const { status } = spawnSync("npx", ["--no-install", ...command], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(0);
  results.push(`${status === 0 ? "passed" : "FAILED"}  ${seconds} s  ${name}`);
  if (status !== 0) process.exitCode = 1;
}
process.stdout.write(`\n${results.join("\n")}\n`);
