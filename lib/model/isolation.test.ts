import { expect, test } from "vitest";
import { compareIsolation, hostNamespaces, isolationMatrix, NamespaceGroups } from "./isolation.ts";
import { HOST, sampleNamespace, sampleSnapshot, sampleTask } from "./sample-snapshot.ts";

const inside = (net: number) => ({ key: `net ${net}`, namespaces: { ...HOST, net } });

test("the host's namespaces are group 0, each other one has its own", () => {
  const [host, a, b, again] = isolationMatrix(
    [{ key: "host", namespaces: HOST }, inside(30), inside(31), inside(30)],
    HOST,
  );
  expect(host?.isolated).toBe(0);
  expect(a?.cells.net).toEqual({ inode: 30, group: 1 });
  expect(a?.cells.uts.group).toBe(0);
  expect(a?.isolated).toBe(1);
  expect(b?.cells.net.group).toBe(2);
  expect(again?.cells.net.group).toBe(1);
});

test("a zombie's lost namespaces are in no group", () => {
  const [row] = isolationMatrix([{ key: "zombie", namespaces: { ...HOST, net: null } }], HOST);
  expect(row?.cells.net).toEqual({ inode: null, group: null });
});

test("a group keeps its number while it lives, and gives it back", () => {
  const groups = new NamespaceGroups();
  isolationMatrix([inside(30), inside(31)], HOST, groups);
  groups.retain(sampleSnapshot(1, { namespaces: [sampleNamespace("net", 31)] }));
  const [kept, fresh] = isolationMatrix([inside(31), inside(32)], HOST, groups);
  expect(kept?.cells.net.group).toBe(2);
  expect(fresh?.cells.net.group).toBe(1);
});

test("the host's world is init's", () => {
  expect(hostNamespaces(sampleSnapshot(1))).toEqual(HOST);
  expect(hostNamespaces(sampleSnapshot(1, { tasks: [sampleTask(2)] }))).toBeNull();
});

test("two processes share some, keep others apart, and say nothing of what one has lost", () => {
  const { shared, separate } = compareIsolation(HOST, { ...HOST, net: 9, uts: null });
  expect(separate).toEqual(["net"]);
  expect(shared).toEqual(["pid", "mnt", "ipc", "user", "cgroup", "time"]);
});
