/** `process` of config.json (config.md, "Process"; POSIX and Linux process). */
import type { CapabilitySets, ProcessSpec, Rlimit } from "../container/spec.ts";
import { RLIMITS } from "../linux/constants.ts";

import { capabilityBit, capabilityNames, hasCapability } from "./capabilities.ts";
import type { Field } from "./config-field.ts";

const MAX_ID = 2 ** 32 - 2;
/** What Go writes for RLIM_INFINITY does not fit a double exactly; everything near it is no limit. */
const NEARLY_INFINITE = 2 ** 63;

export const ID_RANGE = [0, MAX_ID] as const;

function capabilitySet(field: Field): number {
  let set = 0;
  for (const entry of field.list()) {
    const name = entry.text();
    const bit = name.startsWith("CAP_") ? capabilityBit(name) : null;
    if (bit === null) return entry.fail(`"${name}" is no capability of this kernel: see capabilities(7)`);
    if (!hasCapability(set, bit)) set += 2 ** bit;
  }
  return set;
}

function requireWithin(field: Field, set: number, whole: number, name: string): void {
  const beyond = capabilityNames(set).filter((_, i) => !capabilityNames(whole).includes(capabilityNames(set)[i] ?? ""));
  if (beyond.length > 0) field.fail(`${beyond.join(", ")} is not in ${name}, as the kernel wants it`);
}

function capabilities(field: Field): CapabilitySets {
  const set = (name: string) => capabilitySet(field.at(name));
  const sets = {
    bounding: set("bounding"),
    effective: set("effective"),
    permitted: set("permitted"),
    inheritable: set("inheritable"),
    ambient: set("ambient"),
  };
  requireWithin(field.at("effective"), sets.effective, sets.permitted, "permitted");
  requireWithin(field.at("ambient"), sets.ambient, sets.permitted, "permitted");
  requireWithin(field.at("ambient"), sets.ambient, sets.inheritable, "inheritable");
  return sets;
}

function rlimits(field: Field): Rlimit[] {
  const seen = new Set<string>();
  return field.list().map((entry) => {
    const type = entry.at("type").text();
    const resource = RLIMITS[type];
    if (resource === undefined) return entry.at("type").fail(`"${type}" is no limit: see getrlimit(2)`);
    if (seen.has(type)) return entry.at("type").fail(`"${type}" is there twice`);
    seen.add(type);
    const value = (name: string) => {
      const number = entry.at(name).integer(-1);
      return number >= NEARLY_INFINITE ? -1 : number;
    };
    const [soft, hard] = [value("soft"), value("hard")];
    if (hard !== -1 && (soft === -1 || soft > hard)) return entry.at("soft").fail(`${soft} is more than hard, ${hard}`);
    return { resource, soft, hard };
  });
}

function consoleSize(field: Field): ProcessSpec["consoleSize"] {
  if (!field.object()) return null;
  return { columns: field.at("width").integer(0, 65535), rows: field.at("height").integer(0, 65535) };
}

function refuseWhatThisKernelLacks(process: Field): void {
  process.at("apparmorProfile").refuse("this kernel has no AppArmor");
  process.at("selinuxLabel").refuse("this kernel has no SELinux");
  process.at("scheduler").refuse("it is newer than 1.0.2; limit CPU time with linux.resources.cpu");
  process.at("ioPriority").refuse("it is newer than 1.0.2; limit devices with linux.resources.blockIO");
  process.at("execCPUAffinity").refuse("this machine has one CPU");
}

export function parseProcess(process: Field): ProcessSpec {
  if (!process.object()) return process.fail("is required: what is to be run");
  refuseWhatThisKernelLacks(process);
  const user = process.at("user");
  const args = process.at("args").texts();
  if (args.length === 0) return process.at("args").fail("is required: the program and its arguments");
  return {
    args,
    env: process.at("env").texts(),
    cwd: process.at("cwd").absolutePath(),
    user: { uid: user.at("uid").integerOr(0, ...ID_RANGE), gid: user.at("gid").integerOr(0, ...ID_RANGE) },
    additionalGids: user
      .at("additionalGids")
      .list()
      .map((gid) => gid.integer(...ID_RANGE)),
    umask: user.at("umask").integerOr(null, 0, 0o777),
    terminal: process.at("terminal").bool(),
    consoleSize: consoleSize(process.at("consoleSize")),
    openStdin: true,
    capabilities: capabilities(process.at("capabilities")),
    noNewPrivileges: process.at("noNewPrivileges").bool(),
    oomScoreAdj: process.at("oomScoreAdj").integerOr(null, -1000, 1000),
    rlimits: rlimits(process.at("rlimits")),
  };
}
