import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { GUEST_PATHS } from "../container/paths.ts";
import { O_CREAT, O_TMPFILE } from "../linux/constants.ts";
import { recordingLinux } from "../linux/recording.ts";
import type { Runtime } from "./runtime.ts";
import { writeOut } from "./write-out.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "box-out-"));
  file = `${folder}/image.tar`;
});
afterEach(() => rmSync(folder, { recursive: true }));

const made = () => `${file}.tmp-${process.pid}`;

function setting() {
  const recording = recordingLinux();
  const client = { isWaiting: () => false, release: () => {}, onGone: () => {} };
  const runtime: Runtime = {
    linux: recording.linux,
    paths: GUEST_PATHS,
    program: "docker",
    client,
    out: () => {},
    err: () => {},
  };
  const save = (write: () => void) => writeOut(runtime, { file, verb: "save", what: "image" }, write);
  return { ...recording, save };
}

const opened = (calls: readonly { readonly args: readonly unknown[] }[]) => calls.map(({ args: [, flags] }) => flags);

test("a file without a name gets it when it is whole", () => {
  const { save, of } = setting();
  save(() => expect(of("linkFd")).toEqual([]));
  expect(of("linkFd").map(({ args }) => args[1])).toEqual([file]);
  expect(opened(of("open")).every((flags) => (Number(flags) & O_TMPFILE) === O_TMPFILE)).toBe(true);
});

test("one that fails never gets it", () => {
  const { save, of } = setting();
  const failing = () => {
    throw new Error("half-way");
  };
  expect(() => save(failing)).toThrow("half-way");
  expect(of("linkFd")).toEqual([]);
  expect(of("close")).toHaveLength(1);
});

test("an older one is replaced by rename(2)", () => {
  const { save, answer } = setting();
  writeFileSync(file, "old");
  answer("linkFd", (_, name) => {
    if (existsSync(name)) throw Object.assign(new Error("EEXIST"), { code: "EEXIST" });
    writeFileSync(name, "new");
  });
  save(() => expect(readFileSync(file, "utf8")).toBe("old"));
  expect([readdirSync(folder), readFileSync(file, "utf8")]).toEqual([["image.tar"], "new"]);
});

test("a file system that knows no such files: a name of its own, gone when it fails", () => {
  for (const fails of [false, true]) {
    const { save, fail, of } = setting();
    fail("open", "ENOTSUP");
    const write = () => {
      writeFileSync(made(), "named");
      if (fails) throw new Error("half-way");
    };
    if (fails) expect(() => save(write)).toThrow("half-way");
    else save(write);
    expect((Number(opened(of("open"))[1]) & O_CREAT) !== 0).toBe(true);
    expect(readFileSync(file, "utf8")).toBe("named");
    expect(readdirSync(folder)).toEqual(["image.tar"]);
  }
});

test("what a dead one has left goes, what a living one writes stays", () => {
  const { save } = setting();
  const [dead, living] = ["4194304", "1"].map((pid) => `image.tar.tmp-${pid}`);
  for (const name of [dead, living, "image.tar.tmp-mine"]) writeFileSync(`${folder}/${name}`, "");
  save(() => {});
  expect(readdirSync(folder).sort()).toEqual([living, "image.tar.tmp-mine"]);
});

test("what is no file is never replaced", () => {
  const { save, of } = setting();
  for (const [place, words] of [
    ["/dev/null", 'invalid output path: "/dev/null" must be a directory or a regular file: got a device'],
    [folder, `invalid output path: "${folder}" is a directory`],
    ["/no/such/file", 'failed to save image: invalid output path: directory "/no/such/" does not exist'],
  ] as const) {
    file = place;
    expect(() => save(() => {})).toThrow(words);
  }
  expect(of("open")).toEqual([]);
  file = `${folder}/x`;
});
