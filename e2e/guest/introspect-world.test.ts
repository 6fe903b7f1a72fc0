/** Introspection equals the guest: mounts, layers, networks, IPC, keepers and controllers, in one group of situations after another. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { compareObjects } from "./introspect-objects-compare.ts";
import { introspectionSetting, type Setting } from "./introspect-setting.ts";
import { compareWorld } from "./introspect-world-compare.ts";
import { WORLD_GROUPS } from "./introspect-world-situations.ts";

let setting: Setting;
beforeAll(async () => {
  setting = await introspectionSetting();
});
afterAll(() => setting?.guest.end());

async function difference() {
  const before = setting.snapshot();
  const record = await setting.world();
  const after = setting.snapshot();
  const parts = [compareWorld(before, record, after), compareObjects(before, record, after)];
  const compared = parts.reduce((sum, part) => sum + part.compared, 0);
  return { differences: parts.flatMap((part) => part.differences), compared, before, record };
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
    tasks: before.tasks.map((task) => (task.pid === 1 ? { ...task, session: 77, capBnd: "0" } : task)),
    mounts: before.mounts.map((mount) => ({ ...mount, shared: 99 })),
    netDevices: before.netDevices.map((device) => ({ ...device, rxBytes: 1 })),
    namespaces: before.namespaces.map((namespace) => ({ ...namespace, owner: 5 })),
    overlays: [],
  };
  const found = [compareWorld, compareObjects].flatMap((compare) => compare(falsified, record, falsified).differences);
  for (const what of ["session", "CapBnd", ": shared", "rx bytes", "owner", "overlay"])
    expect(found.join("\n")).toContain(what);
});

for (const [name, situations] of WORLD_GROUPS)
  test(`${name}: ${situations.map((situation) => situation.name).join("; ")}`, async () => {
    for (const situation of situations) await setting.reach(situation);
    const { differences, before } = await difference();
    expect(differences).toEqual([]);
    expect(situations.filter(({ reached }) => !reached(before)).map((situation) => situation.name)).toEqual([]);
  });
