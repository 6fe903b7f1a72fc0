/**
 * Introspection equals the guest: averages of pressure (Documentation/accounting/psi.rst). The kernel brings them up to date
 * every two seconds and when they are read, so a file is read and then looked at: again where such a period ends in between.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { KernelSnapshot } from "../../lib/protocol/kernel-snapshot.ts";
import { introspectionSetting, type Setting } from "./introspect-setting.ts";
import { GROUPS, group, inGroup } from "./introspect-situations.ts";
import { settled } from "./settle.ts";

const KINDS = ["cpu", "memory", "io"] as const;
const FOLDERS = ["", "t-press/"] as const;
const FILES = FOLDERS.flatMap((folder) => KINDS.map((kind) => `${folder}${kind}.pressure`));

let setting: Setting;
beforeAll(async () => {
  setting = await introspectionSetting();
});
afterAll(() => setting?.guest.end());

/** "1.23 0.45 0.10" of "t-press/cpu.pressure:some" and so on: avg10, avg60, avg300. */
type Averages = ReadonlyMap<string, string>;

async function told(): Promise<Averages> {
  const text = await setting.guest.out(`cd ${GROUPS}; grep . ${FILES.join(" ")}`);
  const lines = text.matchAll(/^(\S+) avg10=(\S+) avg60=(\S+) avg300=(\S+) /gm);
  return new Map([...lines].map(([, line = "", ...averages]) => [line, averages.join(" ")]));
}

function seen(snapshot: KernelSnapshot): Averages {
  const averages = new Map<string, string>();
  for (const folder of FOLDERS)
    for (const kind of KINDS)
      for (const which of ["some", "full"] as const) {
        const line = group(snapshot, `/${folder}`.replace(/(.)\/$/, "$1"))?.pressure?.[kind][which];
        const numbers = [line?.avg10, line?.avg60, line?.avg300];
        averages.set(`${folder}${kind}.pressure:${which}`, numbers.map((number) => number?.toFixed(2)).join(" "));
      }
  return averages;
}

test("averages of pressure, after two have wanted the one CPU", async () => {
  const loop = inGroup("t-press", "while :; do :; done");
  await setting.reach({
    name: "two that want the one CPU",
    command: [`mkdir ${GROUPS}/t-press`, loop, loop].join("\n"),
    reached: (snapshot) => (group(snapshot, "/t-press")?.pressure?.cpu.some.avg10 ?? 0) > 1,
  });
  await setting.guest.out(`echo 1 > ${GROUPS}/t-press/cgroup.kill`);
  const equal = new Map<string, string>();
  const last = await settled(
    async () => {
      const guest = await told();
      const introspection = seen(setting.snapshot());
      for (const [line, averages] of guest) if (introspection.get(line) === averages) equal.set(line, averages);
      return { guest, introspection };
    },
    ({ introspection }) => equal.size === introspection.size,
  );
  const missing = [...last.introspection].filter(([line]) => !equal.has(line));
  expect(missing.map(([line, averages]) => [line, last.guest.get(line), averages])).toEqual([]);
  expect(equal.get("t-press/cpu.pressure:some")).not.toBe("0.00 0.00 0.00");
});
