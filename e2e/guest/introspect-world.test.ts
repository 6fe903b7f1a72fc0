/** Introspection equals the guest: mounts, layers, networks, IPC, keepers and controllers, in one group of situations after another. */
import { afterAll, beforeAll, expect, test } from "vitest";
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
  return { ...compareWorld(before, record, setting.snapshot()), before, record };
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
  };
  const found = compareWorld(falsified, record, falsified).differences.join("\n");
  for (const what of ["session", "CapBnd", ": shared", "rx bytes"]) expect(found).toContain(what);
});

for (const [name, situations] of WORLD_GROUPS)
  test(`${name}: ${situations.map((situation) => situation.name).join("; ")}`, async () => {
    for (const situation of situations) await setting.reach(situation);
    const { differences, before } = await difference();
    expect(differences).toEqual([]);
    expect(situations.filter(({ reached }) => !reached(before)).map((situation) => situation.name)).toEqual([]);
  });
