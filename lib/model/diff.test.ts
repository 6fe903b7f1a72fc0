import { describe, expect, test } from "vitest";
import type { KernelEvent } from "../protocol/kernel-event.ts";
import type { KernelSnapshot } from "../protocol/kernel-snapshot.ts";
import { diff } from "./diff.ts";
import {
  HOST,
  sampleCgroup,
  sampleCpu,
  sampleMemory,
  sampleNamespace,
  sampleSnapshot,
  sampleTask,
} from "./sample-snapshot.ts";

const first = sampleSnapshot(1);
const later = (with_: Partial<KernelSnapshot>): KernelSnapshot => sampleSnapshot(2, with_);
const kinds = (events: readonly KernelEvent[]): string[] => events.map((event) => event.kind);

test("nothing happened, nothing is told; nor of the first snapshot, nor over a restore", () => {
  expect(diff(first, later({}))).toEqual([]);
  expect(diff(null, later({ tasks: [sampleTask(1), sampleTask(2)] }))).toEqual([]);
  expect(diff(sampleSnapshot(9), sampleSnapshot(3, { tasks: [] }))).toEqual([]);
});

test("an event carries the time and sequence of the snapshot that showed it", () => {
  const [event] = diff(first, later({ tasks: [sampleTask(1), sampleTask(2)], totalForks: 101 }));
  expect(event).toMatchObject({ kind: "fork", atNs: 2e9, sequence: 2, pid: 2, ppid: 1 });
});

describe("processes", () => {
  const shell = sampleTask(10, { comm: "bash" });

  test("fork, exec in the same process, exit", () => {
    const forked = diff(
      sampleSnapshot(1, { tasks: [shell] }),
      later({ tasks: [shell, sampleTask(11, { ppid: 10 })], totalForks: 101 }),
    );
    expect(kinds(forked)).toEqual(["fork"]);
    const ran = sampleTask(10, { comm: "ls", execId: 2 });
    expect(diff(sampleSnapshot(1, { tasks: [shell] }), later({ tasks: [ran] }))).toMatchObject([
      { kind: "exec", comm: "ls", from: "bash" },
    ]);
    expect(diff(sampleSnapshot(1, { tasks: [shell] }), later({ tasks: [] }))).toMatchObject([
      { kind: "exit", pid: 10, oomKilled: false },
    ]);
  });

  test("ends as the program that it last was", () => {
    const before = sampleSnapshot(1, { tasks: [sampleTask(1), sampleTask(11, { comm: "box" })] });
    const last = sampleTask(11, { comm: "true", execId: 2 });
    const gone = diff(before, later({ passed: [last] }));
    const zombie = diff(before, later({ tasks: [sampleTask(1), { ...last, state: "Z" }] }));
    for (const events of [gone, zombie])
      expect(events.map((event) => [event.kind, "comm" in event && event.comm])).toEqual([
        ["exec", "true"],
        ["exit", "true"],
      ]);
  });

  test("a new process is held against its parent: program, namespaces, group", () => {
    const child = sampleTask(11, {
      ppid: 10,
      comm: "sleep",
      execId: 2,
      pids: [11, 1],
      namespaces: { ...HOST, pid: 90 },
      cgroup: 5,
    });
    const cgroups = [sampleCgroup(1, "/"), sampleCgroup(5, "/box")];
    const events = diff(
      sampleSnapshot(1, { tasks: [shell], cgroups }),
      later({ tasks: [shell, child], cgroups, totalForks: 101 }),
    );
    expect(events).toMatchObject([
      { kind: "fork", pids: [11, 1] },
      { kind: "exec", from: "bash" },
      { kind: "namespace-enter", type: "pid", inode: 90 },
      { kind: "cgroup-move", fromPath: "/", toPath: "/box" },
    ]);
  });

  test("an orphan's former program is not known, so no exec is told", () => {
    const orphan = sampleTask(11, { ppid: 1, execId: 7 });
    expect(kinds(diff(first, later({ tasks: [sampleTask(1), orphan], totalForks: 101 })))).toEqual(["fork"]);
  });

  test("a zombie has exited; its going is not told again", () => {
    const zombie = sampleTask(10, { state: "Z", exitCode: 0 });
    expect(kinds(diff(sampleSnapshot(1, { tasks: [shell] }), later({ tasks: [zombie] })))).toEqual(["exit"]);
    expect(diff(sampleSnapshot(1, { tasks: [zombie] }), later({ tasks: [] }))).toEqual([]);
  });

  test("a PID used again is another process", () => {
    const other = sampleTask(10, { comm: "other", startTimeNs: 77e9 });
    const events = diff(
      sampleSnapshot(1, { tasks: [sampleTask(1), shell] }),
      later({ tasks: [sampleTask(1), other], totalForks: 101 }),
    );
    expect(kinds(events)).toEqual(["fork", "exit"]);
  });

  test("those that came and went unseen are counted, threads that were seen are not", () => {
    const threaded = sampleTask(10, { threads: 3 });
    const events = diff(sampleSnapshot(1, { tasks: [shell] }), later({ tasks: [threaded], totalForks: 105 }));
    expect(events).toMatchObject([{ kind: "missed", count: 3 }]);
  });
});

describe("OOM kills", () => {
  const group = (oom_kill: number) =>
    sampleCgroup(5, "/box", {
      memory: sampleMemory({ events: { low: 0, high: 0, max: 0, oom: 0, oom_kill, oom_group_kill: 0 } }),
    });
  const child = (oom_kill: number) =>
    sampleCgroup(6, "/box/a", {
      parent: 5,
      memory: sampleMemory({ events: { low: 0, high: 0, max: 0, oom: 0, oom_kill, oom_group_kill: 0 } }),
    });
  const small = sampleTask(20, { cgroup: 6, rssBytes: 1_000 });
  const large = sampleTask(21, { cgroup: 6, rssBytes: 9_000 });
  const cgroups = (count: number) => [sampleCgroup(1, "/"), group(count), child(count)];

  test("the kill is told once, of the group it happened in, and of the larger of two that ended", () => {
    const events = diff(
      sampleSnapshot(1, { tasks: [small, large], cgroups: cgroups(0) }),
      later({ tasks: [], cgroups: cgroups(1) }),
    );
    expect(events.filter(({ kind }) => kind === "exit")).toMatchObject([
      { pid: 20, oomKilled: false },
      { pid: 21, oomKilled: true },
    ]);
    expect(events.filter(({ kind }) => kind === "oom-kill")).toMatchObject([{ path: "/box/a", count: 1 }]);
  });

  test("a marked victim is believed, a zombie that ended otherwise is not taken for one", () => {
    const marked = sampleTask(20, { cgroup: 6, oomVictim: true });
    const left = sampleTask(21, { cgroup: 6, state: "Z", exitCode: 256 });
    const events = diff(
      sampleSnapshot(1, { tasks: [marked, large], cgroups: cgroups(0) }),
      later({ tasks: [left], cgroups: cgroups(2) }),
    );
    expect(events.filter(({ kind }) => kind === "exit")).toMatchObject([
      { pid: 20, oomKilled: true },
      { pid: 21, oomKilled: false },
    ]);
  });
});

describe("namespaces and groups", () => {
  test("they come and go, and hostnames change", () => {
    const here = [sampleNamespace("uts", 4, { hostname: "host" }), sampleNamespace("net", 50)];
    const then = [sampleNamespace("uts", 4, { hostname: "glass" }), sampleNamespace("ipc", 51)];
    const events = diff(sampleSnapshot(1, { namespaces: here }), later({ namespaces: then }));
    expect(events).toMatchObject([
      { kind: "hostname", from: "host", to: "glass" },
      { kind: "namespace-new", type: "ipc", inode: 51 },
      { kind: "namespace-gone", type: "net", inode: 50 },
    ]);
  });

  test("a new group tells the limits it already has", () => {
    const limited = sampleCgroup(5, "/box", {
      memory: sampleMemory({ max: 1 << 20 }),
      pids: { current: 0, max: 9, peak: 0, events_max: 0 },
    });
    expect(diff(first, later({ cgroups: [sampleCgroup(1, "/"), limited] }))).toMatchObject([
      { kind: "cgroup-new", path: "/box" },
      { kind: "limit", file: "memory.max", from: "max", to: 1 << 20 },
      { kind: "limit", file: "pids.max", from: "max", to: 9 },
    ]);
  });

  test("a controller switched on is no change of a limit", () => {
    const bare = sampleCgroup(5, "/box");
    const controlled = sampleCgroup(5, "/box", { cpu: sampleCpu(), memory: sampleMemory() });
    expect(diff(sampleSnapshot(1, { cgroups: [bare] }), later({ cgroups: [controlled] }))).toEqual([]);
  });

  test("throttled, frozen, forks refused", () => {
    const earlier = sampleCgroup(5, "/box", { cpu: sampleCpu(), pids: { current: 1, max: 2, peak: 0, events_max: 0 } });
    const throttled = sampleCgroup(5, "/box", {
      frozen: true,
      cpu: sampleCpu({ nr_throttled: 4, throttled_usec: 3_000 }),
      pids: { current: 1, max: 2, peak: 0, events_max: 2 },
    });
    expect(diff(sampleSnapshot(1, { cgroups: [earlier] }), later({ cgroups: [throttled] }))).toMatchObject([
      { kind: "pids-max", count: 2 },
      { kind: "throttled", periods: 4, usec: 3_000 },
      { kind: "frozen", frozen: true },
    ]);
  });

  test("children go first their parents", () => {
    const cgroups = [sampleCgroup(1, "/"), sampleCgroup(5, "/box"), sampleCgroup(6, "/box/a", { parent: 5 })];
    const events = diff(sampleSnapshot(1, { cgroups }), later({}));
    expect(events).toMatchObject([{ path: "/box/a" }, { path: "/box" }]);
  });
});
