/**
 * The same programs on a build with AddressSanitizer and UndefinedBehaviorSanitizer: whatever they print elsewhere, here they
 * must end with the same code and without a word of the sanitizers.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUILD_TIMEOUT_MS, type NativeBox, nativeBox, RUN_TIMEOUT_MS } from "./native-box.ts";

const scripts = path.join(import.meta.dirname, "..", "node", "compat");
const FINDING = /AddressSanitizer|UndefinedBehaviorSanitizer|runtime error:/;

let plain: NativeBox;
let sanitized: NativeBox;

beforeAll(async () => {
  plain = await nativeBox();
  sanitized = await nativeBox({ asan: true });
}, BUILD_TIMEOUT_MS);

afterAll(() => {
  plain?.dispose();
  sanitized?.dispose();
});

function run(program: string, args: readonly string[]): { status: number | null; stderr: string } {
  // children that outlive the program would be reported as leaks; memory is never freed before _exit
  const env = { ...process.env, BOX_DIRECT: "1", COMPAT: "yes", ASAN_OPTIONS: "detect_leaks=0" };
  const { status, stderr } = spawnSync(program, args, {
    cwd: scripts,
    env,
    input: "one\ntwo\n",
    encoding: "utf8",
    timeout: RUN_TIMEOUT_MS,
  });
  return { status, stderr };
}

test.each(["report", "forks", "file-descriptors", "json", "strings", "unsettled"])("box %s", (verb) => {
  const found = run(sanitized.box, [verb]);
  expect(found.stderr).not.toMatch(FINDING);
  expect(found.status).toBe(run(plain.box, [verb]).status);
});

test.each(readdirSync(scripts).filter((name) => /\.[mc]js$/.test(name)))("node %s", (script) => {
  const found = run(sanitized.node, [script]);
  expect(found.stderr).not.toMatch(FINDING);
  expect(found.status).toBe(run(plain.node, [script]).status);
});
