import { expect, test } from "vitest";
import { NO_LIMITS } from "../cgroups/resources.ts";
import { GUEST_PATHS } from "../container/paths.ts";
import { recordingLinux } from "../linux/recording.ts";
import { devicesOf } from "./device-options.ts";
import { parseFlags } from "./flags.ts";
import { healthOf, parseDurationMs } from "./health-options.ts";
import { ioLimitsOf } from "./io-options.ts";
import { namespacesOf } from "./namespace-options.ts";
import { resourcesOf } from "./resource-options.ts";
import { RUN_FLAGS } from "./run-flags.ts";
import type { Runtime } from "./runtime.ts";
import { withChanges } from "./update.ts";
import { mountsOf } from "./volume-options.ts";

const runtime: Runtime = {
  linux: recordingLinux().linux,
  paths: { ...GUEST_PATHS, run: "/nowhere/run", lib: "/nowhere/lib" },
  program: "docker",
  client: { isWaiting: () => false, release: () => {}, onGone: () => {} },
  out: () => {},
  err: () => {},
};
const flags = (...argv: string[]) => parseFlags(RUN_FLAGS, [...argv, "image"], false);
const mounts = (...argv: string[]) => mountsOf(runtime, flags(...argv), []);

test("mounts: bind, volume, tmpfs, each in its two ways", () => {
  const [bind, volume, tmp, anonymous] = mounts(
    "-v",
    "/tmp:/a:ro",
    "-v",
    "data:/b/c",
    "--tmpfs",
    "/b/c/d:size=1m",
    "-v",
    "/d/e/f/g",
  );
  expect(bind).toMatchObject({
    mount: { type: "bind", source: "/tmp", options: ["rbind", "rprivate", "rro"] },
    point: { type: "bind", readonly: true },
  });
  expect(volume?.mount.source).toBe("/nowhere/lib/volumes/data/_data");
  expect(tmp?.mount.options).toEqual(["noexec", "nosuid", "nodev", "size=1m"]);
  expect(anonymous?.point).toMatchObject({
    type: "volume",
    anonymous: true,
    name: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const same = mounts("--mount", "type=bind,src=/tmp,dst=/a,readonly", "--mount", "src=data,target=/b/c,volume-nocopy");
  expect(same.map(({ mount }) => mount)).toEqual([bind?.mount, volume?.mount]);
  expect(same[1]?.point.copies).toBe(false);
  expect(mounts("--mount", "type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=1777")[0]?.mount.options).toContain(
    "size=1048576",
  );
});

test.each([
  [["-v", "rel:/a:zz"], "invalid mode: zz"],
  [["-v", "a:b"], "mount path must be absolute"],
  [["-v", "/a:/"], "destination can't be '/'"],
  [["-v", "a/b:/c"], "includes invalid characters for a local volume name"],
  [["-v", "/a:/b:ro:x"], "invalid volume specification"],
  [["-v", "xy:/a", "--tmpfs", "/a/"], "Duplicate mount point: /a/"],
  [["--tmpfs", "a"], "mount path must be absolute"],
  [["--tmpfs", "/a:frob"], 'invalid tmpfs option ["frob"]'],
  [["--mount", "type=bind,src=/no/such,dst=/a"], "bind source path does not exist: /no/such"],
  [["--mount", "type=nfs,dst=/a"], 'mount type "nfs" is not supported'],
  [["--mount", "dst"], "must be a key=value pair"],
  [["--mount", "type=volume"], "target is required"],
  [["--mount", "type=tmpfs,dst=/a,bind-propagation=shared"], "unexpected key 'bind-propagation'"],
  [["--volumes-from", "nosuch"], "No such container: nosuch"],
])("no mount: %j", (argv, words) => expect(() => mounts(...argv)).toThrow(words));

test("limits: docker's conflicts, devices by number, changes that leave the rest", () => {
  expect(() => resourcesOf(flags("--cpus", "0.5", "--cpu-quota", "5000"))).toThrow("Nano CPUs and CPU Quota");
  expect(() => resourcesOf(flags("-m", "10m", "--memory-reservation", "20m"))).toThrow("less than memory reservation");
  const limits = ioLimitsOf(flags("--device-read-bps", "/dev/null:1mb", "--device-write-iops", "/dev/null:9"));
  expect(limits).toEqual([{ major: 1, minor: 3, readBps: 1048576, writeBps: null, readIops: null, writeIops: 9 }]);
  expect(() => ioLimitsOf(flags("--device-read-bps", "/dev/null:x"))).toThrow("invalid rate for device: /dev/null:x");
  expect(() => ioLimitsOf(flags("--device-read-bps", "null:1"))).toThrow("bad format for device path");
  const before = { ...NO_LIMITS, memoryBytes: 5, io: limits };
  const change = {
    ...NO_LIMITS,
    pids: 3,
    io: [{ ...(limits[0] as (typeof limits)[0]), readBps: null, writeIops: -1 }],
  };
  expect(withChanges(before, change)).toMatchObject({
    memoryBytes: 5,
    pids: 3,
    io: [{ readBps: 1048576, writeIops: -1 }],
  });
});

test("devices: nodes and rules", () => {
  expect(devicesOf(flags())).toBeNull();
  const found = devicesOf(flags("--device", "/dev/full:/dev/mine:r", "--device-cgroup-rule", "c 1:* rwm"));
  expect(found?.devices).toMatchObject([{ path: "/dev/mine", type: "c", major: 1, minor: 7 }]);
  expect(found?.deviceRules.slice(-2)).toEqual([
    { allow: true, type: "c", major: 1, minor: 7, access: "r" },
    { allow: true, type: "c", major: 1, minor: null, access: "rwm" },
  ]);
  expect(() => devicesOf(flags("--device", "/dev/nosuch"))).toThrow('custom device "/dev/nosuch": no such file');
  expect(() => devicesOf(flags("--device", "/etc/passwd"))).toThrow("not a device node");
  expect(() => devicesOf(flags("--device-cgroup-rule", "x 1:3 r"))).toThrow("invalid device cgroup format 'x 1:3 r'");
});

test("health: flags over the image's", () => {
  const image = { Healthcheck: { Test: ["CMD", "true"], Interval: 2e9, Retries: 7 } };
  expect(healthOf(flags(), image)).toMatchObject({
    test: ["CMD", "true"],
    intervalMs: 2000,
    timeoutMs: 30000,
    retries: 7,
  });
  expect(healthOf(flags("--health-cmd", "a b", "--health-interval", "1m30s"), image)).toMatchObject({
    test: ["CMD-SHELL", "a b"],
    intervalMs: 90000,
  });
  expect(healthOf(flags("--no-healthcheck"), image)).toBeNull();
  expect(healthOf(flags("--health-retries", "1"), {})).toBeNull();
  expect(() => healthOf(flags("--no-healthcheck", "--health-cmd", "x"), {})).toThrow("conflicts with --health-*");
  expect(parseDurationMs("1h2m3s4ms")).toBe(3_723_004);
  expect(() => parseDurationMs("5")).toThrow('time: invalid duration "5"');
});

test("namespaces: modes, and a user namespace with its range", () => {
  const own = namespacesOf(runtime, flags(), "none").namespaces;
  expect(namespacesOf(runtime, flags("--uts", "host"), "none").namespaces).toBe(own & ~0x04000000);
  expect(namespacesOf(runtime, flags("--userns", "private:1000:10"), "none")).toMatchObject({
    namespaces: own | 0x10000000,
    uidMappings: [{ containerId: 0, hostId: 1000, size: 10 }],
  });
  expect(() => namespacesOf(runtime, flags("--pid", "pod"), "none")).toThrow('--pid: invalid mode "pod"');
  expect(() => namespacesOf(runtime, flags("--userns", "x"), "none")).toThrow('invalid USER mode "x"');
  expect(() => namespacesOf(runtime, flags("--ipc", "container:nosuch"), "none")).toThrow("No such container: nosuch");
});
