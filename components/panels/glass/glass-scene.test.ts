import { describe, expect, it } from "vitest";
import { cgroup, HOST, namespace, snapshot, task } from "../fixtures.ts";
import { buildScene, type GlassPane } from "./glass-scene.ts";

const init = task({ pid: 1, comm: "init" });
const pidsOf = (pane: GlassPane | undefined) => pane?.chips.map((chip) => [chip.inside, chip.outside]);

describe("buildScene", () => {
  it("leaves the host's processes outside and counts kernel threads", () => {
    const scene = buildScene(snapshot({ tasks: [init, task({ pid: 2, kthread: true }), task({ pid: 70 })] }), []);
    expect(scene.panes).toEqual([]);
    expect(scene.hostChips.map((chip) => chip.outside)).toEqual([1, 70]);
    expect(scene.kernelThreads).toBe(1);
  });

  it("nests what `unshare --pid --fork --mount-proc bash` makes: the waiting unshare around its PID 1", () => {
    const unshare = task({ pid: 90, ppid: 70, comm: "unshare", namespaces: { ...HOST, mnt: 11 }, pidForChildren: 12 });
    const bash = task({ pid: 91, ppid: 90, pids: [91, 1], namespaces: { ...HOST, mnt: 11, pid: 12 } });
    const scene = buildScene(snapshot({ tasks: [init, unshare, bash] }), []);
    expect(scene.panes).toHaveLength(1);
    const outer = scene.panes[0];
    expect(outer?.own).toEqual(["mnt"]);
    expect(pidsOf(outer)).toEqual([[90, 90]]);
    expect(outer?.panes).toHaveLength(1);
    expect(outer?.panes[0]?.own).toEqual(["pid"]);
    expect(outer?.panes[0]?.namespaces.mnt.relation).toBe("inherited");
    expect(pidsOf(outer?.panes[0])).toEqual([[1, 91]]);
  });

  it("nests a PID namespace in its parent though the inode differs", () => {
    const outer = task({ pid: 50, pids: [50, 1], namespaces: { ...HOST, pid: 21 } });
    const inner = task({ pid: 51, pids: [51, 2, 1], namespaces: { ...HOST, pid: 22 } });
    const namespaces = [
      namespace({ type: "pid", inode: 21, parent: HOST.pid }),
      namespace({ type: "pid", inode: 22, parent: 21 }),
    ];
    const scene = buildScene(snapshot({ tasks: [init, outer, inner], namespaces }), []);
    expect(scene.panes.map((pane) => pane.key)).toEqual(["ns:21"]);
    expect(scene.panes[0]?.panes.map((pane) => pane.key)).toEqual(["ns:22"]);
  });

  it("fills a container with its own cgroup and names its hostname", () => {
    const inside = { ...HOST, pid: 31, mnt: 32, uts: 33 };
    const tasks = [init, task({ pid: 60, pids: [60, 1], namespaces: inside, cgroup: 7 })];
    const box = cgroup({ id: 7, path: "/box/abc" });
    const namespaces = [namespace({ type: "uts", inode: 33, hostname: "web" })];
    const scene = buildScene(snapshot({ tasks, namespaces, cgroups: [cgroup({ id: 1, path: "/" }), box] }), []);
    expect(scene.panes[0]?.cgroup).toBe(box);
    expect(scene.panes[0]?.hostname).toBe("web");
  });

  it("shows a cgroup in the host's namespaces as a vessel without glass", () => {
    const demo = cgroup({ id: 9, path: "/demo" });
    const scene = buildScene(
      snapshot({ tasks: [init, task({ pid: 80, cgroup: 9 })], cgroups: [cgroup({ id: 1, path: "/" }), demo] }),
      [],
    );
    expect(scene.panes.map(({ key, own, cgroup: group }) => [key, own, group?.path])).toEqual([["cg:9", [], "/demo"]]);
  });

  it("keeps a zombie where its parent lives", () => {
    const inside = { ...HOST, pid: 31 };
    const none = { pid: 31, mnt: null, net: null, uts: null, ipc: null, user: null, cgroup: null, time: null };
    const tasks = [
      init,
      task({ pid: 60, ppid: 1, pids: [60, 1], namespaces: inside }),
      task({ pid: 61, ppid: 60, pids: [61, 2], namespaces: none, state: "Z" }),
    ];
    const scene = buildScene(snapshot({ tasks }), []);
    expect(scene.panes[0]?.chips.map((chip) => chip.fate)).toEqual(["alive", "zombie"]);
  });

  it("keeps a process that is ending with its PID namespace, whoever its parent is", () => {
    const inside = { ...HOST, pid: 31, mnt: 32 };
    const ending = { pid: 31, mnt: null, net: null, uts: null, ipc: null, user: null, cgroup: null, time: null };
    const first = task({ pid: 60, pids: [60, 1], namespaces: inside });
    const gone = task({ pid: 70, ppid: 1, pids: [70, 2], namespaces: ending, comm: "tail" });
    const scene = buildScene(snapshot({ tasks: [init, first] }), [{ task: gone, oomKilled: true, untilMs: 1 }]);
    expect(scene.panes).toHaveLength(1);
    expect(pidsOf(scene.panes[0])).toEqual([
      [1, 60],
      [2, 70],
    ]);
  });

  it("shows a killed process for a moment, unless it is still there", () => {
    const inside = { ...HOST, pid: 31 };
    const gone = task({ pid: 62, pids: [62, 3], namespaces: inside, comm: "fill" });
    const alive = task({ pid: 60, pids: [60, 1], namespaces: inside });
    const departed = [gone, alive].map((dead) => ({ task: dead, oomKilled: true, untilMs: 1 }));
    const scene = buildScene(snapshot({ tasks: [init, alive] }), departed);
    expect(scene.panes[0]?.chips.map((chip) => [chip.outside, chip.fate])).toEqual([
      [60, "alive"],
      [62, "killed"],
    ]);
  });
});
