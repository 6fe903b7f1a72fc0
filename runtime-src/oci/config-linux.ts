/** `linux` of config.json without its resources: namespaces, maps, devices, paths (config-linux.md). */
import { NAMESPACE_KINDS } from "../container/namespace-names.ts";
import type { ContainerSpec, DeviceSpec, IdMapping, NamespaceJoin, TimeOffset } from "../container/spec.ts";
import {
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWTIME,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
  MS_PRIVATE,
  MS_REC,
  MS_SHARED,
  MS_SLAVE,
  MS_UNBINDABLE,
} from "../linux/constants.ts";
import type { Field } from "./config-field.ts";
import { ID_RANGE } from "./config-process.ts";

export const NAMESPACE_TYPES: Readonly<Record<string, number>> = Object.fromEntries(
  NAMESPACE_KINDS.map(({ type, flag }) => [type, flag]),
);

export type Namespaces = Pick<ContainerSpec, "namespaces" | "joins">;

export function parseNamespaces(field: Field): Namespaces {
  let namespaces = 0;
  const joins: NamespaceJoin[] = [];
  let seen = 0;
  for (const entry of field.list()) {
    const name = entry.at("type").oneOf(Object.keys(NAMESPACE_TYPES));
    const type = NAMESPACE_TYPES[name] ?? 0;
    if (seen & type) entry.at("type").fail(`"${name}" is there twice`);
    seen |= type;
    const path = entry.at("path").textOr("");
    if (path === "") namespaces |= type;
    else if (type === CLONE_NEWNS)
      entry.at("path").fail("is not supported: a new root there would be everybody's who is in it");
    else joins.push({ type, path: entry.at("path").absolutePath() });
  }
  if (!(namespaces & CLONE_NEWNS))
    field.fail('must have { "type": "mount" }: without it the root could only be changed with chroot(2)');
  return { namespaces, joins };
}

export function parseIdMappings(field: Field): IdMapping[] {
  return field.list().map((entry) => ({
    containerId: entry.at("containerID").integer(...ID_RANGE),
    hostId: entry.at("hostID").integer(...ID_RANGE),
    size: entry.at("size").integer(1, 2 ** 32 - 1),
  }));
}

export function parseUserMaps(
  linux: Field,
  { namespaces }: Namespaces,
): Pick<ContainerSpec, "uidMappings" | "gidMappings"> {
  const [uids, gids] = [linux.at("uidMappings"), linux.at("gidMappings")];
  const maps = { uidMappings: parseIdMappings(uids), gidMappings: parseIdMappings(gids) };
  const isNew = (namespaces & CLONE_NEWUSER) !== 0;
  for (const [field, list] of [
    [uids, maps.uidMappings],
    [gids, maps.gidMappings],
  ] as const) {
    if (isNew && list.length === 0) field.fail("is required with a new user namespace: nobody would be mapped in it");
    if (!isNew && list.length > 0) field.fail('needs { "type": "user" } among linux.namespaces, without a path');
  }
  return maps;
}

function offset(field: Field): TimeOffset | null {
  if (!field.object()) return null;
  return { secs: field.at("secs").integerOr(0), nanosecs: field.at("nanosecs").integerOr(0, 0, 999_999_999) };
}

export function parseTimeOffsets(field: Field, { namespaces }: Namespaces): ContainerSpec["timeOffsets"] {
  const entries = field.entries();
  if (entries.length === 0) return null;
  if (!(namespaces & CLONE_NEWTIME)) field.fail('needs { "type": "time" } among linux.namespaces, without a path');
  for (const [clock, entry] of entries) {
    if (clock !== "monotonic" && clock !== "boottime") entry.fail("is no clock that a time namespace can shift");
  }
  return { monotonic: offset(field.at("monotonic")), boottime: offset(field.at("boottime")) };
}

function device(entry: Field): DeviceSpec {
  const type = entry.at("type").oneOf(["c", "b", "u", "p"]);
  const number = (name: string) => (type === "p" ? entry.at(name).integerOr(0) : entry.at(name).integer(0, 2 ** 20));
  return {
    path: entry.at("path").absolutePath(),
    type: (type === "u" ? "c" : type) as DeviceSpec["type"],
    major: number("major"),
    minor: number("minor"),
    fileMode: entry.at("fileMode").integerOr(0o666, 0, 0o7777),
    uid: entry.at("uid").integerOr(0, ...ID_RANGE),
    gid: entry.at("gid").integerOr(0, ...ID_RANGE),
  };
}

export function parseDevices(field: Field): DeviceSpec[] {
  const devices = field.list().map(device);
  const seen = new Map<string, DeviceSpec>();
  devices.forEach((entry, i) => {
    const before = seen.get(entry.path);
    if (before && (before.type !== entry.type || before.major !== entry.major || before.minor !== entry.minor)) {
      field.list()[i]?.at("path").fail(`"${entry.path}" is there twice, as different devices`);
    }
    seen.set(entry.path, entry);
  });
  return [...seen.values()];
}

const PROPAGATIONS: Readonly<Record<string, number>> = {
  shared: MS_SHARED | MS_REC,
  slave: MS_SLAVE | MS_REC,
  private: MS_PRIVATE | MS_REC,
  unbindable: MS_UNBINDABLE | MS_REC,
  rshared: MS_SHARED | MS_REC,
  rslave: MS_SLAVE | MS_REC,
  rprivate: MS_PRIVATE | MS_REC,
  runbindable: MS_UNBINDABLE | MS_REC,
};

export function parsePropagation(field: Field): number | null {
  if (field.isAbsent || field.value === "") return null;
  return PROPAGATIONS[field.oneOf(Object.keys(PROPAGATIONS))] ?? null;
}

const IPC_SYSCTL = /^kernel\.(?:msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)$|^fs\.mqueue\./;

/** Only what a namespace of the container's own holds: another would be the whole machine's. */
export function parseSysctls(field: Field, { namespaces, joins }: Namespaces): string[] {
  const own = joins.reduce((flags, { type }) => flags | type, namespaces);
  return field.entries().map(([name, value]) => {
    const dotted = name.replaceAll("/", ".");
    const needs = dotted.startsWith("net.")
      ? CLONE_NEWNET
      : IPC_SYSCTL.test(dotted)
        ? CLONE_NEWIPC
        : dotted === "kernel.domainname" || dotted === "kernel.hostname"
          ? CLONE_NEWUTS
          : 0;
    if (name.includes("..") || name.startsWith("/")) value.fail("is no name of sysctl(8)");
    if (needs === 0) value.fail("is the whole machine's: no namespace holds it");
    if (dotted === "kernel.hostname") value.fail('is set with "hostname"');
    if (!(own & needs)) value.fail("needs its namespace among linux.namespaces: it would be the host's");
    return `${name}=${value.text()}`;
  });
}

const DOMAINS: Readonly<Record<string, number>> = { LINUX: 0, LINUX32: 8 };

export function parsePersonality(field: Field): number | null {
  if (!field.object()) return null;
  field.at("flags").refuse("the spec knows none yet");
  return DOMAINS[field.at("domain").oneOf(Object.keys(DOMAINS))] ?? null;
}
