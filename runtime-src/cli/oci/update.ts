/** `box oci update`: new limits from a file with linux.resources, or from runc's flags; written to the cgroup and kept. */
import { readFileSync } from "node:fs";
import { applyResources } from "../../cgroups/container-cgroup.ts";
import type { Resources } from "../../cgroups/resources.ts";
import { statusOf, writeRecord } from "../../oci/bundle-state.ts";
import { Field } from "../../oci/config-field.ts";
import { parseResources } from "../../oci/config-resources.ts";
import { type Flag, type ParsedFlags, UsageError } from "../flags.ts";
import { idOf, type OciVerb, text, withBundle } from "./oci-verb.ts";

/** Flag -> place in linux.resources. */
const NUMBERS: readonly (readonly [flag: string, group: string, name: string, help: string])[] = [
  ["cpu-burst", "cpu", "burst", "Microseconds above the quota that can be saved up"],
  ["cpu-idle", "cpu", "idle", "1: runs only when nobody else wants to"],
  ["cpu-period", "cpu", "period", "Period of the quota in microseconds"],
  ["cpu-quota", "cpu", "quota", "Microseconds of CPU time a period"],
  ["cpu-share", "cpu", "shares", "Weight against others"],
  ["memory", "memory", "limit", "Memory limit in bytes"],
  ["memory-reservation", "memory", "reservation", "What is left to it under pressure, in bytes"],
  ["memory-swap", "memory", "swap", "Memory and swap together, in bytes; -1 is no limit"],
  ["pids-limit", "pids", "limit", "Number of processes"],
];

const refused = (name: string, reason: string): Flag => ({ ...text(name, ""), refused: reason });

function resourcesOf(flags: ParsedFlags, runtimeInput: () => string): Field {
  const file = flags.text("resources");
  if (file !== null) {
    const words = file === "-" ? runtimeInput() : readFileSync(file, "utf8");
    try {
      return new Field("resources", JSON.parse(words));
    } catch (error) {
      throw new UsageError(`--resources ${file}: ${(error as Error).message}`, { cause: error });
    }
  }
  const resources: Record<string, Record<string, number>> = {};
  for (const [flag, group, name] of NUMBERS) {
    const value = flags.text(flag);
    if (value === null) continue;
    if (!/^-?\d+$/.test(value)) throw new UsageError(`--${flag} "${value}": a number is wanted`);
    resources[group] = { ...resources[group], [name]: Number(value) };
  }
  return new Field("resources", resources);
}

function merged(before: Resources, changes: Resources): Resources {
  const given = Object.entries(changes).filter(([, value]) => {
    return value !== null && (typeof value !== "object" || Object.keys(value).length > 0);
  });
  return { ...before, ...Object.fromEntries(given) };
}

export const update: OciVerb = {
  usage: "CONTAINER-ID",
  summary: "Change the limits of a container",
  flags: [
    text("resources", "File with the JSON of linux.resources; - is standard input", "r"),
    ...NUMBERS.map(([name, , , help]) => text(name, help)),
    refused("blkio-weight", "this kernel has no io weight"),
    refused("cpuset-cpus", "this kernel has no cpuset controller"),
    refused("cpuset-mems", "this kernel has no cpuset controller"),
    refused("cpu-rt-period", "this kernel has no real-time group scheduling"),
    refused("cpu-rt-runtime", "this kernel has no real-time group scheduling"),
    refused("kernel-memory", "kernel memory is part of --memory in cgroup v2"),
  ],
  words: [1, 1],
  run(runtime, flags) {
    const changes = parseResources(resourcesOf(flags, () => readFileSync("/dev/stdin", "utf8")));
    withBundle(runtime, idOf(flags), (record) => {
      if (statusOf(runtime, runtime.root, record) === "stopped") throw new Error(`container ${record.id} is stopped`);
      applyResources(runtime, record.cgroup, changes);
      const resources = merged(record.spec.resources, changes);
      writeRecord(runtime.root, { ...record, spec: { ...record.spec, resources } });
    });
    return 0;
  },
};
