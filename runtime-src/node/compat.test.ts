/**
 * Each script in compat/ runs under real Node and under ours; what they print and how they end must be the same.
 * Standard error is compared only where a script says so: traces differ between engines.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUILD_TIMEOUT_MS, type NativeBox, nativeBox, RUN_TIMEOUT_MS } from "../engine/native-box.ts";

const scripts = path.join(import.meta.dirname, "compat");
/** How the scripts end that do not end with 0. */
const EXIT_CODES: Readonly<Record<string, number>> = {
  "errors.cjs": 1,
  "named-imports.mjs": 4,
  "order.mjs": 6,
  "process.mjs": 9,
};
const INPUT = "one\ntwo ☃\nlast without newline";

let native: NativeBox;
let ours: string;

beforeAll(async () => {
  native = await nativeBox();
  ours = native.node;
}, BUILD_TIMEOUT_MS);

afterAll(() => native?.dispose());

function run(program: string, args: readonly string[]): { stdout: string; status: number | null } {
  const env = { ...process.env, COMPAT: "yes", NODE_OPTIONS: "", FORCE_COLOR: undefined, VITEST: undefined };
  const { stdout, status } = spawnSync(program, args, {
    cwd: scripts,
    env,
    input: INPUT,
    encoding: "utf8",
    timeout: RUN_TIMEOUT_MS,
  });
  return { stdout, status };
}

test.each(readdirSync(scripts).filter((name) => /\.[mc]js$/.test(name)))("%s", (name) => {
  const real = run(process.execPath, [name]);
  // a script that both fail to run would be equal too
  expect(real.status).toBe(EXIT_CODES[name] ?? 0);
  expect(run(ours, [name])).toEqual(real);
});

test.each([
  ["-p", "1 + 1"],
  ["-p", "[1, { a: os.EOL }]"],
  ["-e", "console.log(require('path').join('a', 'b'), __filename)"],
  ["-e", "process.exit(5)"],
  ["-e", "throw 1"],
  ["--input-type=module", "-e", "import fs from 'fs'; console.log(typeof fs.readFileSync, import.meta.url !== '')"],
  ["-e", "setTimeout(() => console.log(process.argv.length), 1)", "x", "y"],
])("node %s %s", (...args) => {
  expect(run(ours, args)).toEqual(run(process.execPath, args));
});

test("standard input is a script", () => {
  const script = "console.log(typeof require, process.argv.length); process.exitCode = 3";
  const results = [ours, process.execPath].map((program) =>
    spawnSync(program, ["-", "word"], { input: script, encoding: "utf8" }),
  );
  expect(results[0]?.stdout).toBe(results[1]?.stdout);
  expect(results[0]?.status).toBe(results[1]?.status);
});
