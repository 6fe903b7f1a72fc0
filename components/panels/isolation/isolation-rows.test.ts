import { expect, it } from "vitest";
import { NamespaceGroups } from "../../../lib/model/isolation.ts";
import { cgroup, HOST, snapshot, task } from "../fixtures.ts";
import { isolationGroups, letter } from "./isolation-rows.ts";

it("gives equal groups where a namespace is shared, 0 where it is the host's", () => {
  const rows = isolationGroups(
    snapshot({
      tasks: [
        task({ pid: 60, namespaces: { ...HOST, pid: 31, net: 40 } }),
        task({ pid: 1 }),
        task({ pid: 61, namespaces: { ...HOST, pid: 32, net: 40 } }),
      ],
    }),
    new NamespaceGroups(),
  );
  expect(rows.map((row) => [row.task.pid, row.cells.pid.group, row.cells.net.group, row.cells.uts.group])).toEqual([
    [1, 0, 0, 0],
    [60, 1, 1, 0],
    [61, 2, 1, 0],
  ]);
});

it("gathers processes with the same eight and leaves kernel threads out", () => {
  const rows = isolationGroups(
    snapshot({ tasks: [task({ pid: 1 }), task({ pid: 2, kthread: true }), task({ pid: 5 }), task({ pid: 6 })] }),
    new NamespaceGroups(),
  );
  expect(rows.map((row) => [row.task.pid, row.more.map(({ pid }) => pid)])).toEqual([[1, [5, 6]]]);
});

it("says in which group the row's first process is", () => {
  const rows = isolationGroups(
    snapshot({
      tasks: [task({ pid: 1, cgroup: 1 }), task({ pid: 60, cgroup: 7, namespaces: { ...HOST, pid: 31 } })],
      cgroups: [cgroup({ id: 1, path: "/" }), cgroup({ id: 7, path: "/box/0123456789ab" })],
    }),
    new NamespaceGroups(),
  );
  expect(rows.map(({ cgroupPath }) => cgroupPath)).toEqual(["/", "/box/0123456789ab"]);
});

it("counts letters past Z", () => {
  expect([1, 26, 27, 52, 53].map(letter)).toEqual(["A", "Z", "AA", "AZ", "BA"]);
});
