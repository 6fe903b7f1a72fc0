import { describe, expect, test } from "vitest";
import type { LayerEntry, Mount, Overlay } from "../protocol/kernel-mount.ts";
import type { NetDevice } from "../protocol/kernel-network.ts";
import { diff } from "./diff.ts";
import { NO_KEEPERS, sampleCgroup, sampleNamespace, sampleSnapshot, sampleTask } from "./sample-snapshot.ts";

const mount = (id: number, mountPoint: string, with_: Partial<Mount> = {}): Mount => ({
  ...{
    id,
    parent: 1,
    namespace: 2,
    device: "0:9",
    root: "/",
    mountPoint,
    options: "rw",
    fstype: "tmpfs",
    source: "none",
  },
  ...{ shared: null, master: null, propagateFrom: null, unbindable: false, superOptions: "rw" },
  ...with_,
});

const device = (ifindex: number, name: string, with_: Partial<NetDevice> = {}): NetDevice => ({
  ...{ namespace: 3, ifindex, name, kind: "veth", flags: [], operstate: "DOWN", mac: `02:00:00:00:00:0${ifindex}` },
  ...{ mtu: 1500, addresses: [], peer: null, master: null, vxlan: null },
  ...{ rxBytes: 0, rxPackets: 0, rxErrors: 0, rxDropped: 0, txBytes: 0, txPackets: 0, txErrors: 0, txDropped: 0 },
  ...with_,
});

const entry = (path: string, with_: Partial<LayerEntry> = {}): LayerEntry => ({
  ...{ path, kind: "file", sizeBytes: 5, mode: 0o644, copiedUp: false, opaque: false },
  ...with_,
});

const overlay = (...upper: LayerEntry[]): Overlay => ({
  ...{ device: "0:25", lowerdir: "/l", upperdir: "/u", workdir: "/w", upper, truncated: false },
});

const kinds = (...args: Parameters<typeof diff>): string[] => diff(...args).map(({ kind }) => kind);

describe("mounts", () => {
  const root = mount(1, "/");
  test("one made, moved, changed, removed", () => {
    const before = sampleSnapshot(1, { mounts: [root, mount(2, "/a"), mount(3, "/b"), mount(4, "/c")] });
    const after = sampleSnapshot(2, {
      mounts: [root, mount(2, "/moved"), mount(3, "/b", { options: "ro", shared: 7 }), mount(5, "/d")],
    });
    expect(diff(before, after)).toMatchObject([
      { kind: "mount-move", mountPoint: "/moved", from: "/a" },
      { kind: "mount-change", mountPoint: "/b", from: "rw private", to: "ro shared" },
      { kind: "mount", mountPoint: "/d" },
      { kind: "umount", mountPoint: "/c" },
    ]);
  });

  test("the copies that a new mount namespace comes with are no mounts of their own", () => {
    const before = sampleSnapshot(1, { mounts: [root] });
    expect(kinds(before, sampleSnapshot(2, { mounts: [root, mount(9, "/", { namespace: 77 })] }))).toEqual([]);
  });
});

test("copy-up, a new file, a whiteout, a file that is gone", () => {
  const before = sampleSnapshot(1, { overlays: [overlay(entry("old"), entry("turned"))] });
  const after = sampleSnapshot(2, {
    overlays: [overlay(entry("etc", { copiedUp: true }), entry("new"), entry("turned", { kind: "whiteout" }))],
  });
  expect(kinds(before, after)).toEqual(["copy-up", "layer-new", "whiteout", "layer-gone"]);
  // What an overlay is mounted with was there before.
  expect(kinds(sampleSnapshot(1), after)).toEqual([]);
});

test("devices: made, moved with a new name, put up, made a port, given an address, removed", () => {
  const bridge = device(1, "br0", { kind: "bridge" });
  const before = sampleSnapshot(1, { netDevices: [bridge, device(2, "a"), device(3, "b"), device(4, "c")] });
  const after = sampleSnapshot(2, {
    netDevices: [
      bridge,
      device(2, "a", {
        flags: ["UP"],
        master: 1,
        addresses: [{ address: "10.0.0.1", prefix: 24, broadcast: null, label: "a" }],
      }),
      device(5, "d"),
      device(7, "eth0", { namespace: 99, mac: "02:00:00:00:00:03" }),
    ],
  });
  expect(diff(before, after)).toMatchObject([
    { kind: "device-up", name: "a", up: true },
    { kind: "device-master", name: "a", master: "br0" },
    { kind: "address", address: "10.0.0.1/24", added: true },
    { kind: "device-new", name: "d" },
    { kind: "device-move", name: "eth0", fromNamespace: 3, namespace: 99 },
    { kind: "device-rename", from: "b" },
    { kind: "device-gone", name: "c" },
  ]);
});

test("a namespace that a bind mount keeps, and a descriptor no longer", () => {
  const held = (with_: Partial<typeof NO_KEEPERS>) => [
    sampleNamespace("uts", 4, { hostname: "host", keepers: { ...NO_KEEPERS, ...with_ } }),
  ];
  const before = sampleSnapshot(1, { namespaces: held({ fds: [{ pid: 9, fd: 3 }] }) });
  const after = sampleSnapshot(2, { namespaces: held({ mounts: [{ namespace: 2, mountPoint: "/run/uts" }] }) });
  expect(diff(before, after)).toMatchObject([
    { kind: "namespace-kept", by: "mount", where: "/run/uts", kept: true },
    { kind: "namespace-kept", by: "fd", where: "/proc/9/fd/3", kept: false },
  ]);
});

test("a process that came and went between two snapshots begins, becomes a program and ends", () => {
  const shell = sampleTask(2, { comm: "sh" });
  const before = sampleSnapshot(1, { tasks: [sampleTask(1), shell], totalForks: 100 });
  const brief = sampleTask(5, { ppid: 2, comm: "true", execId: 2 });
  const after = sampleSnapshot(2, { tasks: [sampleTask(1), shell], passed: [brief], totalForks: 102 });
  expect(diff(before, after)).toMatchObject([
    { kind: "fork", pid: 5, ppid: 2 },
    { kind: "exec", pid: 5, comm: "true", from: "sh" },
    { kind: "exit", pid: 5 },
    { kind: "missed", count: 1 },
  ]);
});

test("a limit of io is told by device and key", () => {
  const group = (wbps: number | "max") =>
    sampleCgroup(5, "/g", {
      io: {
        devices: [
          {
            ...{ device: "1:0", name: "ram0", rbytes: 0, wbytes: 0, rios: 0, wios: 0, dbytes: 0, dios: 0 },
            max: { rbps: "max", wbps, riops: "max", wiops: "max" },
          },
        ],
      },
    });
  const snapshot = (at: number, wbps: number | "max") =>
    sampleSnapshot(at, { cgroups: [sampleCgroup(1, "/"), group(wbps)] });
  expect(diff(snapshot(1, "max"), snapshot(2, 9))).toMatchObject([
    { kind: "limit", file: "io.max 1:0 wbps", from: "max", to: 9 },
  ]);
});
