/** `linux.resources` of config.json (config-linux.md, "Control groups") for cgroup v2, and what v2 or this kernel lacks. */
import { DEFAULT_DEVICE_RULES, type DeviceRule } from "../cgroups/devices.ts";
import type { IoLimit, Resources } from "../cgroups/resources.ts";
import type { ContainerSpec } from "../container/spec.ts";
import type { Field } from "./config-field.ts";

const V1_ONLY = "cgroup v2 has no such limit";
const NUMBER = [0, 2 ** 32] as const;

function memory(field: Field): Pick<Resources, "memoryBytes" | "memorySwapBytes" | "memoryReservationBytes"> {
  field.at("kernel").refuse("kernel memory is part of memory.limit in cgroup v2");
  field.at("kernelTCP").refuse("kernel memory is part of memory.limit in cgroup v2");
  field.at("swappiness").refuse(V1_ONLY);
  field.at("disableOOMKiller").refuse("cgroup v2 cannot switch the OOM killer off");
  const bytes = (name: string) => field.at(name).integerOr(null, -1);
  const [memoryBytes, memorySwapBytes] = [bytes("limit") || null, bytes("swap") || null];
  if (memorySwapBytes !== null && memorySwapBytes > 0) {
    if (memoryBytes === null || memoryBytes < 0) field.at("swap").fail("needs a memory.limit: it counts both together");
    if (memorySwapBytes < (memoryBytes ?? 0))
      field.at("swap").fail(`${memorySwapBytes} is less than limit, ${memoryBytes}`);
  }
  return { memoryBytes, memorySwapBytes, memoryReservationBytes: bytes("reservation") || null };
}

function cpu(
  field: Field,
): Pick<Resources, "cpuQuotaUsec" | "cpuPeriodUsec" | "cpuShares" | "cpuBurstUsec" | "cpuIdle"> {
  field.at("realtimeRuntime").refuse("this kernel has no real-time group scheduling");
  field.at("realtimePeriod").refuse("this kernel has no real-time group scheduling");
  field.at("cpus").refuse("this kernel has no cpuset controller: the machine has one CPU");
  field.at("mems").refuse("this kernel has no cpuset controller: the machine has one memory node");
  const idle = field.at("idle").integerOr(null, 0, 1);
  return {
    cpuShares: field.at("shares").integerOr(null, 0, 262_144) || null,
    cpuQuotaUsec: field.at("quota").integerOr(null, -1) || null,
    cpuPeriodUsec: field.at("period").integerOr(null, 0, 1_000_000) || null,
    cpuBurstUsec: field.at("burst").integerOr(null, 0),
    cpuIdle: idle === null ? null : idle === 1,
  };
}

const THROTTLES = [
  ["throttleReadBpsDevice", "readBps"],
  ["throttleWriteBpsDevice", "writeBps"],
  ["throttleReadIOPSDevice", "readIops"],
  ["throttleWriteIOPSDevice", "writeIops"],
] as const;

function blockIo(field: Field): IoLimit[] {
  for (const name of ["weight", "leafWeight", "weightDevice"]) {
    field.at(name).refuse("this kernel has no io weight, only io.max: use the throttle devices");
  }
  const limits = new Map<string, IoLimit>();
  for (const [name, key] of THROTTLES) {
    for (const entry of field.at(name).list()) {
      const [major, minor] = [entry.at("major").integer(...NUMBER), entry.at("minor").integer(...NUMBER)];
      const none = { major, minor, readBps: null, writeBps: null, readIops: null, writeIops: null };
      const before = limits.get(`${major}:${minor}`) ?? none;
      // Zero is "no limit" in v1, whose units these are.
      limits.set(`${major}:${minor}`, { ...before, [key]: entry.at("rate").integer(0) || -1 });
    }
  }
  return [...limits.values()];
}

function unified(field: Field): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [name, value] of field.entries()) {
    if (!/^[a-z_]+\.[a-z_.0-9]+$/i.test(name)) value.fail("is no file of a cgroup: CONTROLLER.NAME");
    if (name.startsWith("cgroup.")) value.fail("is the runtime's own to write");
    files[name] = value.text();
  }
  return files;
}

export function parseResources(resources: Field): Resources {
  resources.object();
  resources.at("hugepageLimits").refuse("this kernel has no hugetlb controller");
  resources.at("network").refuse("net_cls and net_prio are controllers of cgroup v1");
  resources.at("rdma").refuse("this kernel has no RDMA");
  return {
    ...memory(resources.at("memory")),
    ...cpu(resources.at("cpu")),
    pids: resources.at("pids").at("limit").integerOr(null, -1) || null,
    io: blockIo(resources.at("blockIO")),
    unified: unified(resources.at("unified")),
  };
}

const anyNumber = (field: Field): number | null => {
  const number = field.integerOr(-1, -1, 2 ** 31);
  return number < 0 ? null : number;
};

function deviceRule(entry: Field): DeviceRule {
  if (entry.at("allow").isAbsent) entry.at("allow").fail("is required: true or false");
  const access = entry.at("access").textOr("rwm") || "rwm";
  if (!/^[rwm]+$/.test(access)) entry.at("access").fail(`must be letters of "rwm", is "${access}"`);
  const type =
    entry.at("type").isAbsent || entry.at("type").value === "" ? "a" : entry.at("type").oneOf(["a", "b", "c", "u"]);
  return {
    allow: entry.at("allow").bool(),
    type: (type === "u" ? "c" : type) as DeviceRule["type"],
    major: anyNumber(entry.at("major")),
    minor: anyNumber(entry.at("minor")),
    access,
  };
}

/** In the list's order; what every container has comes after, so that it cannot be taken away by accident. */
export function parseDeviceRules(devices: Field): ContainerSpec["deviceRules"] {
  const rules = devices.list().map(deviceRule);
  if (rules.length === 0) return "default";
  const last = rules[rules.length - 1];
  const isAll =
    last?.allow &&
    last.type === "a" &&
    last.major === null &&
    last.minor === null &&
    ["r", "w", "m"].every((letter) => last.access.includes(letter));
  return isAll ? "all" : [...rules, ...DEFAULT_DEVICE_RULES];
}
