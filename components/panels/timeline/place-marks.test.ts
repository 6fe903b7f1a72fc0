import { describe, expect, it } from "vitest";
import type { KernelEvent } from "../../../lib/protocol/kernel-event.ts";
import type { NamespaceType } from "../../../lib/protocol/kernel-snapshot.ts";
import type { TimelineEntry } from "../../../lib/stores/timeline-store.ts";
import { en } from "../../text/en.ts";
import { placeMarks } from "./place-marks.ts";

let key = 0;
const entry = (event: KernelEvent): TimelineEntry => ({ key: key++, atMs: event.atNs / 1e6, type: "event", event });
const fork = (ms: number, pid: number) =>
  entry({ kind: "fork", atNs: ms * 1e6, sequence: ms, pid, pids: [pid], comm: "sh", cgroup: 1, ppid: 1 });
const born = (ms: number, type: NamespaceType) =>
  entry({ kind: "namespace-new", atNs: ms * 1e6, sequence: ms, type, inode: 1 });
const limit = (ms: number) =>
  entry({
    kind: "limit",
    atNs: ms * 1e6,
    sequence: ms,
    id: 2,
    path: "/a",
    file: "memory.max",
    from: "max",
    to: 1048576,
  });

describe("placeMarks", () => {
  it("keeps marks of a lane apart and all marks in order", () => {
    const { marks } = placeMarks([fork(0, 1), limit(1), fork(2, 2)], en);
    const [a, b, c] = marks;
    if (!a || !b || !c) throw new Error("three marks expected");
    expect(c.x).toBeGreaterThanOrEqual(a.x + a.width);
    expect(b.x).toBeGreaterThan(a.x);
    expect(b.x).toBeLessThan(c.x);
    expect(b.label).toBe("memory.max = 1 MiB");
  });

  it("joins what one moment brought", () => {
    const { marks } = placeMarks([born(5, "pid"), born(5, "mnt"), born(5, "net"), born(6, "uts")], en);
    expect(marks.map((mark) => mark.label)).toEqual(["+ PID MNT NET", "+ UTS"]);
    expect(marks[0]?.entries).toHaveLength(3);
  });

  it("names some of very many and counts the rest", () => {
    const mounts = Array.from({ length: 9 }, (_, at) =>
      entry({
        ...{ kind: "mount", atNs: 5e6, sequence: 5, namespace: 2, mountPoint: `/a/long/path/${at}` },
        ...{ fstype: "tmpfs", source: "tmpfs" },
      }),
    );
    const { marks } = placeMarks(mounts, en);
    const label = marks[0]?.label ?? "";
    expect(marks).toHaveLength(1);
    expect(label).toMatch(/^mount .* \+\d+$/);
    expect(label.length).toBeLessThan(52);
  });

  it("shows a pause with its length, and not each idle millisecond", () => {
    const near = placeMarks([fork(0, 1), fork(1_000, 2)], en);
    const far = placeMarks([fork(0, 1), fork(60_000, 2)], en);
    expect(near.pauses.map((pause) => pause.ms)).toEqual([1_000]);
    expect(far.pauses.map((pause) => pause.ms)).toEqual([60_000]);
    expect(far.width).toBeLessThan(near.width * 2);
  });
});
