/** Introspection equals the guest: every process, namespace and cgroup figure, in one situation after another. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { compare } from "./introspect-compare.ts";
import { introspectionSetting, type Setting } from "./introspect-setting.ts";
import { SITUATIONS } from "./introspect-situations.ts";

let setting: Setting;
beforeAll(async () => {
  setting = await introspectionSetting();
});
afterAll(() => setting?.guest.end());

async function difference() {
  const before = setting.snapshot();
  const record = await setting.record();
  return { ...compare(before, record, setting.snapshot()), before, record };
}

test("the guest as it comes", async () => {
  const { differences, compared } = await difference();
  expect(differences).toEqual([]);
  expect(compared).toBeGreaterThan(500);
});

test("a comparison finds what is wrong", async () => {
  const { before, record } = await difference();
  const falsified = {
    ...before,
    tasks: before.tasks.map((task) => (task.pid === 1 ? { ...task, comm: "not init", ppid: 77 } : task)),
    namespaces: before.namespaces.map((namespace) => ({ ...namespace, uidMap: namespace.uidMap && [] })),
    cgroups: before.cgroups.filter(({ path }) => path === "/"),
  };
  const found = compare(falsified, record, falsified).differences.join("\n");
  expect(found).toContain("process 1 not init: comm");
  expect(found).toContain("process 1 not init: ppid");
  expect(found).toContain("uidMap of 1");
});

for (const situation of SITUATIONS) {
  test(situation.name, async () => {
    await setting.reach(situation);
    const { differences, before } = await difference();
    expect(differences).toEqual([]);
    expect(situation.reached(before)).toBe(true);
  });
}
