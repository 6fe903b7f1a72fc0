/**
 * What a restored guest must not take from its snapshot or from a broken server: random numbers that every visitor shares,
 * and a program that hangs because a file of the tree cannot be downloaded.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bootGuest, type Guest } from "./guest.ts";

type Entry = [name: string, size: number, mtime: number, mode: number, uid: number, gid: number, target?: unknown];

/** Not in the snapshot's page cache, and nothing else needs it. */
const LOST = "usr/bin/crun";
const ATTEMPTS = 60;

const rejections: unknown[] = [];
const onRejection = (reason: unknown): void => void rejections.push(reason);
const image = process.env.GLASSBOX_IMAGE ?? "";
let dir: string;
let guest: Guest;
let pooled: string;

beforeAll(async () => {
  process.on("unhandledRejection", onRejection);
  dir = mkdtempSync(path.join(tmpdir(), "glassbox-"));
  cpSync(image, dir, { recursive: true });
  pooled = path.join(dir, "tree", pooledName(LOST));
  renameSync(pooled, `${pooled}.lost`);
  process.env.GLASSBOX_IMAGE = dir;
  guest = await bootGuest();
});

afterAll(async () => {
  process.env.GLASSBOX_IMAGE = image;
  process.off("unhandledRejection", onRejection);
  await guest?.end();
  if (dir) rmSync(dir, { recursive: true, force: true });
});

function pooledName(file: string): string {
  let entries = (JSON.parse(readFileSync(path.join(image, "fs.json"), "utf8")) as { fsroot: Entry[] }).fsroot;
  for (const name of file.split("/")) {
    const target = entries.find((entry) => entry[0] === name)?.[6];
    if (typeof target === "string" && target.endsWith(".zst")) return target;
    entries = target as Entry[];
  }
  throw new Error(`${file}: not in the tree`);
}

test("a file that cannot be loaded is an I/O error, told in the log, and is there once it can be", async () => {
  expect(readdirSync(path.join(dir, "tree")).some((name) => name.endsWith(".lost"))).toBe(true);
  const told = guest.until(
    "the log to tell",
    (notice) => notice.type === "kernel-log" && notice.lines.map(({ text }) => text).join(),
  );
  const { exitCode, stderr } = await guest.sh(`cat /${LOST} > /dev/null`);
  expect(stderr).toContain(`cat: /${LOST}: Input/output error`);
  expect(exitCode).toBe(1);
  expect(await told).toContain(`virtio-9p: /${LOST}: ENOENT`);
  const execution = await guest.sh(`/${LOST} --version`);
  expect([execution.exitCode, execution.stderr]).toEqual([126, expect.stringContaining("Input/output error")]);
  expect(await guest.out("cat /etc/hostname")).toBe("host");

  renameSync(`${pooled}.lost`, pooled);
  // for a moment the machine does not ask for it again
  let back = await guest.sh(`/${LOST} --version`);
  for (let attempt = 0; attempt < ATTEMPTS && back.exitCode === 126; attempt++)
    back = await guest.sh(`sleep 0.5; /${LOST} --version`);
  expect(back.stdout).toMatch(/^crun version/);
  expect(rejections).toEqual([]);
});

test("two guests of one snapshot draw different random numbers, lay out programs differently and name containers so", async () => {
  const DRAW = "head -c 16 /dev/urandom | od -An -tx1; md5sum /proc/self/maps; docker create busybox true";
  const other = await bootGuest();
  try {
    const [ours, theirs] = [await guest.out(DRAW), await other.out(DRAW)].map((text) => text.split("\n"));
    expect(ours).toHaveLength(3);
    ours?.forEach((line, index) => {
      expect(line).not.toBe(theirs?.[index]);
    });
  } finally {
    await other.end();
  }
});
