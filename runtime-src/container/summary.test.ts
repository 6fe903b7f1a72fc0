import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Recording, recordingLinux } from "../linux/recording.ts";
import { NO_NETWORK } from "../network/settings.ts";
import { GUEST_PATHS, type Paths, stateFolder } from "./paths.ts";
import { listSummaries } from "./recover.ts";
import { DOCKER_DEFAULTS } from "./spec.ts";
import { type ContainerState, readState, stateFile, writeState } from "./state.ts";
import { parseState, readSummary, stateText, summaryOf } from "./summary.ts";

const STATE = {
  version: 1,
  id: "a".repeat(64),
  name: "web",
  image: "busybox",
  spec: { ...DOCKER_DEFAULTS, process: { args: ["sh", "-c", "echo 'two\nlines of words'"] }, cgroupsPath: null },
  network: { ...NO_NETWORK, mode: "bridge" },
  labels: { key: '},\n{"summary":' },
  createdMs: 1_764_500_000_000,
  status: "exited",
  startedMs: 1_764_500_000_001,
  finishedMs: 1_764_500_000_002,
  exitCode: 3,
} as unknown as ContainerState;

let paths: Paths;
let recording: Recording;
beforeEach(() => {
  paths = { ...GUEST_PATHS, run: mkdtempSync(path.join(tmpdir(), "box-")) };
  mkdirSync(stateFolder(paths, STATE.id));
  recording = recordingLinux();
  recording.answer(
    "readLine",
    (file: string, most: number) => readFileSync(file, "utf8").slice(0, most).split("\n")[0],
  );
});
afterEach(() => rmSync(paths.run, { recursive: true }));

const listed = () => listSummaries({ linux: recording.linux, paths });

test("a state is one JSON object, whose first line is its summary", () => {
  const text = stateText(STATE);
  const { summary, ...rest } = JSON.parse(text);
  expect(rest).toEqual(STATE);
  expect(summary).toEqual(summaryOf(STATE));
  expect(readSummary(text.split("\n")[0] ?? "")).toEqual(summary);
  expect(summary.command).toBe('"sh -c echo \'two\\nlin…"');
  expect(parseState(text)).toEqual(STATE);
});

test("a summary changes with its state, and the state is read without it", () => {
  writeState(paths, STATE);
  writeState(paths, { ...(readState(paths, STATE.id) as ContainerState), name: "renamed" });
  expect(readState(paths, STATE.id)).toEqual({ ...STATE, name: "renamed" });
  expect(listed()).toEqual([summaryOf({ ...STATE, name: "renamed" })]);
});

test("wherever a line is cut, it is no summary", () => {
  const [line = ""] = stateText({ ...STATE, name: "a},b" }).split("\n");
  for (let length = 0; length < line.length; length++) expect(readSummary(line.slice(0, length))).toBeNull();
});

test.each([
  ["a state without a summary", JSON.stringify(STATE)],
  ["a line that is too long", stateText({ ...STATE, image: "i".repeat(2_000) })],
])("%s is read whole", (_, text) => {
  writeFileSync(stateFile(paths, STATE.id), text);
  expect(listed()).toEqual([summaryOf(JSON.parse(text))]);
});

test("one that runs without a supervisor is put right before it is listed", () => {
  writeState(paths, { ...STATE, status: "running", exitCode: null });
  recording.answer("isLocked", () => true);
  expect(listed()).toMatchObject([{ status: "running", exitCode: null }]);
});
