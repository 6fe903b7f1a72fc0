import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWUTS } from "../linux/constants.ts";
import { parseConfig } from "./config.ts";
import { BAD_CONFIGS, BAD_TEXTS, type Change } from "./fixtures/bad-configs.ts";

let bundle: string;
beforeAll(() => {
  bundle = mkdtempSync(path.join(tmpdir(), "bundle-"));
  mkdirSync(path.join(bundle, "rootfs"));
});
afterAll(() => rmSync(bundle, { recursive: true }));

const GOOD: Change = {
  ociVersion: "1.0.2",
  process: { args: ["sh"], cwd: "/", env: [], user: { uid: 0, gid: 0 } },
  root: { path: "rootfs" },
  hostname: "glass",
  linux: { namespaces: [{ type: "mount" }, { type: "uts" }] },
};

const isObject = (value: unknown): value is Change =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function merge(base: Change, change: Change): Change {
  const result: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(change)) {
    const before = result[name];
    if (value === null) delete result[name];
    else result[name] = isObject(before) && isObject(value) ? merge(before, value) : value;
  }
  return result;
}

const parseText = (text: string) => parseConfig(text, { bundle, id: "it", ownCgroup: "/box" });
const parse = (change: Change) => parseText(JSON.stringify(merge(GOOD, change)));

describe("what is said of a bad config begins with the place", () => {
  test.each(BAD_CONFIGS.map(({ name, path: place, change }) => [name, place, change] as const))(
    "%s",
    (_, place, change) => {
      expect(() => parse(change)).toThrow(new RegExp(`^${place.replaceAll(/[[\].]/g, "\\$&")}: `));
    },
  );
  test.each(BAD_TEXTS)("%s", (_, text) => {
    expect(() => parseText(text)).toThrow(/^config\.json: /);
  });
});

test("what is not said takes nothing and gives nothing", () => {
  const spec = parse({});
  expect(spec).toMatchObject({
    kind: "bundle",
    namespaces: CLONE_NEWNS | CLONE_NEWUTS,
    joins: [],
    seccomp: "unconfined",
    deviceRules: "default",
    cgroupsPath: "/box/it",
    rootPath: path.join(bundle, "rootfs"),
    hooks: null,
  });
  expect(spec.process.capabilities).toEqual({ bounding: 0, effective: 0, permitted: 0, inheritable: 0, ambient: 0 });
});

test("unknown properties are passed over, null is absent", () => {
  const spec = parse({ future: { thing: 1 }, process: { rlimits: undefined, wings: true } });
  expect(spec.process.rlimits).toEqual([]);
  expect(parseText(JSON.stringify({ ...GOOD, annotations: null, hooks: null })).annotations).toEqual({});
});

test("what refuses a feature lets an empty one pass", () => {
  const empty = { memory: { swappiness: 0 }, cpu: { cpus: "" }, hugepageLimits: [], network: {} };
  expect(parse({ process: { apparmorProfile: "" }, linux: { resources: empty } }).resources.memoryBytes).toBeNull();
});

test("namespaces by path are entered, not made", () => {
  const namespaces = [{ type: "mount" }, { type: "uts" }, { type: "network", path: "/run/netns/x" }];
  expect(parse({ linux: { namespaces } })).toMatchObject({
    namespaces: CLONE_NEWNS | CLONE_NEWUTS,
    joins: [{ type: CLONE_NEWNET, path: "/run/netns/x" }],
  });
});

test("no limit, however it is written", () => {
  const limits = [-1, 2 ** 63, 2 ** 64 - 1].map((hard, i) => ({
    type: ["RLIMIT_CORE", "RLIMIT_AS", "RLIMIT_NOFILE"][i],
    soft: hard,
    hard,
  }));
  expect(parse({ process: { rlimits: limits } }).process.rlimits.map(({ soft, hard }) => [soft, hard])).toEqual([
    [-1, -1],
    [-1, -1],
    [-1, -1],
  ]);
});

test("throttles of one device are one line of io.max, zero is no limit", () => {
  const device = { major: 1, minor: 0 };
  const blockIO = {
    throttleReadBpsDevice: [{ ...device, rate: 100 }],
    throttleWriteIOPSDevice: [{ ...device, rate: 0 }],
  };
  expect(parse({ linux: { resources: { blockIO } } }).resources.io).toEqual([
    { ...device, readBps: 100, writeBps: null, readIops: null, writeIops: -1 },
  ]);
});

test("the default devices come after the config's own rules", () => {
  const deny = { allow: false, access: "rwm" };
  const { deviceRules } = parse({ linux: { resources: { devices: [deny] } } });
  expect(deviceRules[0]).toMatchObject({ allow: false, type: "a" });
  expect(deviceRules.length).toBeGreaterThan(5);
  expect(parse({ linux: { resources: { devices: [deny, { allow: true, access: "rwm" }] } } }).deviceRules).toBe("all");
});
