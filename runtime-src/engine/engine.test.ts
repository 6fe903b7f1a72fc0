/**
 * The engine, natively: Linux calls in fresh namespaces, forked children, descriptors, credentials, the end of a program
 * that waits for nothing. Needs root for namespaces and credentials.
 */
import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUILD_TIMEOUT_MS, type NativeBox, nativeBox, RUN_TIMEOUT_MS } from "./native-box.ts";

let native: NativeBox;
const asRoot = test.skipIf(process.getuid?.() !== 0);

beforeAll(async () => {
  native = await nativeBox();
}, BUILD_TIMEOUT_MS);

afterAll(() => native?.dispose());

function box(...words: string[]): { lines: string[]; stderr: string; status: number | null } {
  const env = { ...process.env, BOX_DIRECT: "1" };
  const { stdout, stderr, status } = spawnSync(native.box, words, { env, encoding: "utf8", timeout: RUN_TIMEOUT_MS });
  return { lines: stdout.trimEnd().split("\n"), stderr, status };
}

asRoot("clone3 makes six namespaces, and outside nothing has changed", () => {
  const { lines } = box("namespaces");
  expect(JSON.parse(lines[0] ?? "")).toEqual({ pid: "1", hostname: "glass", root: ["old", "proc"], devices: ["lo"] });
  expect(JSON.parse(lines[1] ?? "")).toEqual({ exitCode: 7, hostname: hostname() });
});

test("a forked child runs nothing that its parent had queued, and ends as it says", () => {
  const { lines, stderr } = box("forks");
  expect(lines).toEqual([
    "the parent's job",
    "the parent's tick",
    "the child's timer",
    "drained 0 null",
    "returning 9 null",
    "staying 11 null",
    "throwing 255 null",
  ]);
  expect(stderr).toContain("Error: on purpose");
});

test("JSON of plain data is written and read as the general functions do, and the rest is left to them", () => {
  const { lines } = box("json");
  const same = (count: number) => Array.from({ length: count }, () => "same");
  expect(lines).toEqual([...same(13), "TypeError", ...same(7), ...Array.from({ length: 14 }, () => "SyntaxError")]);
});

test("strings of several parts are what they would be one by one", () => {
  expect(box("strings").lines).toEqual([
    "parts: true",
    "object: words 1,2",
    "long: 200001",
    "grown: 88890 1999819999",
    "concat: ab1 1",
  ]);
});

test("descriptors: passed, partly written, always ready, named late, kept in a root; errors as Node words them", () => {
  expect(box("file-descriptors").lines).toEqual([
    "passed: through the passed one",
    "end of stream: null",
    "partial write: EAGAIN 65536",
    "closed pipe: EPIPE: broken pipe, write",
    "/dev/null: ready",
    "a file: ready",
    'lines: ["first","fir","","no end",null]',
    "locked: false true false false",
    'unnamed: ["","named","whole"]',
    "taken: EEXIST: file already exists, linkat '/named'",
    "in root: ENOENT: no such file or directory, openat2 '../../../no-such-thing'",
    "mount: ENOENT: no such file or directory, mount '/no/such'",
    "NUL: the argument must be a string without null bytes",
    'window: {"columns":101,"rows":33}',
    "tty: true",
  ]);
});

asRoot("capabilities, ids, seccomp and limits reach the kernel", () => {
  expect(box("credentials").lines).toEqual([
    "0000000000000020 0000010000000020 20",
    "200\t200\t200\t200 100\t100\t100\t100 7 8",
    "1 2",
    "EACCES: permission denied, mkdir '/tmp/never'",
    "64 128",
  ]);
});

test("a command that waits for what cannot come fails instead of ending quietly", () => {
  const { stderr, status } = box("unsettled");
  expect(stderr).toContain("nothing left to wait for");
  expect(status).toBe(125);
});

test("an error that nobody caught is one line, with a trace when asked", () => {
  expect(box("no-such-verb")).toMatchObject({ stderr: "box: Error: no verb no-such-verb\n", status: 125 });
  const traced = spawnSync(native.box, ["no-such-verb"], {
    env: { ...process.env, BOX_DIRECT: "1", BOX_DEBUG: "1" },
    encoding: "utf8",
  });
  expect(traced.stderr).toMatch(/at main \(box\/main\.js:\d+/);
});

test("the same binary is box, docker and node by its name", () => {
  const env = { ...process.env, BOX_DIRECT: "1" };
  const asDocker = spawnSync(native.docker, ["no-such-verb"], { env, encoding: "utf8" });
  expect(asDocker.stderr).toBe("docker: Error: no verb no-such-verb\n");
  expect(spawnSync(native.node, ["-p", "6 * 7"], { encoding: "utf8" }).stdout).toBe("42\n");
});

test("a file of /proc, which says that it is empty, is copied with what it holds", () => {
  const script =
    "fs.copyFileSync('/proc/sys/kernel/ostype', process.argv[1]); fs.readFileSync(process.argv[1], 'utf8')";
  const { stdout } = spawnSync(native.node, ["-p", script, `${native.folder}/copy`], { encoding: "utf8" });
  expect(stdout).toBe("Linux\n\n");
});
