/** `archive` natively, with AddressSanitizer: layers come back bit by bit, what is hostile is refused, noise harms nothing. */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildArchive } from "../build-archive.ts";
import { targets } from "../build-engine.ts";

const BUILD_TIMEOUT_MS = 600_000;
const FINDING = /AddressSanitizer|UndefinedBehaviorSanitizer|runtime error:/;

let program: string;
let work: string;
beforeAll(async () => {
  program = path.join((await buildArchive(targets["x86_64-asan"])).dir, "archive");
  work = mkdtempSync(path.join(tmpdir(), "archive-"));
}, BUILD_TIMEOUT_MS);
afterAll(() => rmSync(work, { recursive: true, force: true }));

const asRoot = test.skipIf(process.getuid?.() !== 0);
const env = { ...process.env, ASAN_OPTIONS: "detect_leaks=0" };

function run(args: readonly string[], input: Uint8Array) {
  const { status, signal, stdout, stderr } = spawnSync(program, args, { input, env, maxBuffer: 1 << 26 });
  expect(stderr.toString()).not.toMatch(FINDING);
  expect(signal).toBeNull();
  return { status, stdout, stderr: stderr.toString().trim() };
}

function freshFolder(): string {
  const folder = path.join(work, "layer");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  return folder;
}

const unpack = (input: Uint8Array, ...more: string[]) => run(["unpack", "--folder", freshFolder(), ...more], input);
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Made by tar(1): names of all lengths, links, a FIFO, a file that is there twice. */
function sample(format: string): Buffer {
  const tree = path.join(work, "tree");
  rmSync(tree, { recursive: true, force: true });
  const long = path.join(tree, "n".repeat(120), "m".repeat(120));
  mkdirSync(long, { recursive: true });
  writeFileSync(path.join(long, "deep"), "deep");
  writeFileSync(path.join(tree, "file"), "content".repeat(5000), { mode: 0o755 });
  const script = `ln file hard; ln -s file link; mkfifo pipe; touch empty; tar --format=${format} -cf - . > ../s.tar; tar --format=${format} -rf ../s.tar ./file; cat ../s.tar`;
  return execFileSync("bash", ["-ec", script], { cwd: tree, maxBuffer: 1 << 26 });
}

asRoot.each(["ustar-not-long", "gnu", "pax"])(
  "a layer of format %s comes back bit by bit, compressed or not",
  (name) => {
    const tarFile =
      name === "ustar-not-long"
        ? execFileSync("tar", ["--format=ustar", "-cf", "-", "-C", "/etc", "hostname"])
        : sample(name);
    for (const input of [tarFile, gzipSync(tarFile), execFileSync("zstd", ["-c"], { input: tarFile })]) {
      const { status, stdout, stderr } = unpack(input);
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout.toString().split(" ").slice(0, 3)).toEqual([
        sha256(input),
        sha256(tarFile),
        String(tarFile.length),
      ]);
      const again = run(["assemble", "--folder", path.join(work, "layer")], Buffer.alloc(0));
      expect(sha256(again.stdout)).toBe(sha256(tarFile));
    }
  },
);

asRoot("a folder packed and extracted is the same", () => {
  sample("pax");
  const packed = run(["pack", "--root", path.join(work, "tree")], Buffer.alloc(0));
  const target = freshFolder();
  expect(run(["extract", "--root", target], packed.stdout).status).toBe(0);
  const list = (folder: string) =>
    execFileSync(
      "bash",
      ["-c", "find . -printf '%p %y %m %s %n %l %T@\\n' | sed 's/ 4096 / /; s/\\.[0-9]*$//' | sort | tail -n +2"],
      {
        cwd: folder,
        encoding: "utf8",
      },
    );
  expect(list(target)).toBe(list(path.join(work, "tree")));
});

asRoot("limits and ends", () => {
  const tarFile = sample("pax");
  expect(unpack(gzipSync(tarFile), "--limit", "1000").stderr).toMatch(/refused as a decompression bomb/);
  expect(unpack(tarFile.subarray(0, 700)).stderr).toMatch(/unexpected end of the archive/);
  expect(unpack(gzipSync(tarFile).subarray(0, 60)).stderr).toMatch(/unexpected end of the gzip data/);
  expect(unpack(Buffer.from("hello".repeat(200))).stderr).toMatch(/invalid tar header/);
  expect(unpack(Buffer.alloc(0)).stderr).toMatch(/is empty/);
});

/** A small generator, so that a finding can be found again. */
function* noise(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** A header whose bytes were changed is mostly refused for its sum: the sum is made right again, so that the rest is read. */
function mend(bytes: Buffer): void {
  for (let at = 0; at + 512 <= bytes.length; at += 512) {
    if (bytes.toString("latin1", at + 257, at + 262) !== "ustar") continue;
    bytes.write("        ", at + 148, "latin1");
    const sum = bytes.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
    bytes.write(`${sum.toString(8).padStart(6, "0")}\0`, at + 148, "latin1");
  }
}

asRoot(
  "archives with changed bytes end with 0 or 1, no finding, and nothing outside",
  () => {
    const samples = [sample("gnu"), sample("pax"), gzipSync(sample("pax"))];
    const random = noise(7);
    const next = (below: number): number => Math.floor((random.next().value as number) * below);
    const outside = readdirSync(work).sort();
    for (let round = 0; round < 60; round++) {
      const bytes = Buffer.from(samples[round % samples.length] ?? []);
      for (let change = 0; change <= next(12); change++) bytes[next(Math.min(bytes.length, 6000))] = next(256);
      if (round % 2 === 0) mend(bytes);
      const cut = next(4) === 0 ? bytes.subarray(0, next(bytes.length)) : bytes;
      for (const command of ["unpack", "load"]) {
        const { status } = run([command, "--folder", freshFolder(), "--limit", "10000000"], cut);
        expect([0, 1]).toContain(status);
      }
    }
    rmSync(path.join(work, "layer"), { recursive: true, force: true });
    expect(readdirSync(work).sort()).toEqual(outside.filter((name) => name !== "layer"));
    expect(existsSync("/evil")).toBe(false);
    expect(readFileSync("/etc/hostname").length).toBeGreaterThan(0);
  },
  300_000,
);
