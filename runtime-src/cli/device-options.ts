/** --device, --device-cgroup-rule and what --privileged adds: nodes in the container's /dev, and what its cgroup's BPF program allows of them. */
import { lstatSync, readdirSync, type Stats, statSync } from "node:fs";
import { DEFAULT_DEVICE_RULES, type DeviceRule } from "../cgroups/devices.ts";
import { DEVICES, LINKS } from "../container/dev.ts";
import type { DeviceSpec } from "../container/spec.ts";
import type { ParsedFlags } from "./flags.ts";
import { invalidArgument } from "./parsed-flag.ts";

/** The kernel's new_decode_dev() */
export const deviceNumbers = (rdev: number): { readonly major: number; readonly minor: number } => ({
  major: (rdev >> 8) & 0xfff,
  minor: (rdev & 0xff) | ((rdev >> 12) & 0xfff00),
});

interface Wanted {
  readonly source: string;
  readonly target: string;
  readonly access: string;
}

function parseDevice(text: string): Wanted {
  const parts = text.split(":");
  const [source = "", second, third] = parts;
  const isMode = (word: string | undefined) => word !== undefined && /^[rwm]{1,3}$/.test(word);
  if (parts.length > 3 || !source.startsWith("/"))
    throw invalidArgument("device", text, `bad format for path: ${text}`);
  if (parts.length === 3 && !isMode(third)) throw invalidArgument("device", text, `bad mode specified: ${third}`);
  const target = parts.length === 1 || (parts.length === 2 && isMode(second)) ? source : (second ?? source);
  if (!target.startsWith("/")) throw invalidArgument("device", text, `${target} is not an absolute path`);
  return { source, target, access: third ?? (isMode(second) ? (second ?? "rwm") : "rwm") };
}

const notAdded = (path: string, reason: string): Error =>
  new Error(`error gathering device information while adding custom device "${path}": ${reason}`);

/** A folder stands for all devices in it. */
function nodesOf({ source, target, access }: Wanted): (Wanted & { readonly stats: Stats })[] {
  let stats: Stats;
  try {
    stats = statSync(source);
  } catch (error) {
    throw notAdded(
      source,
      (error as NodeJS.ErrnoException).code === "ENOENT" ? "no such file or directory" : String(error),
    );
  }
  if (!stats.isDirectory()) return [{ source, target, access, stats }];
  return readdirSync(source).flatMap((name) =>
    nodesOf({ source: `${source}/${name}`, target: `${target}/${name}`, access }).filter(
      ({ stats: inner }) => inner.isCharacterDevice() || inner.isBlockDevice(),
    ),
  );
}

/** What a container has of its own in /dev, or not at all. */
const NOT_SHARED = new Set<string>([
  ...[...DEVICES, ...LINKS].map(([name]) => name),
  ...["pts", "shm", "mqueue", "console", ".lxc", ".lxd-mounts", ".udev"],
]);

/** All device nodes of the machine, as --privileged gives them; links are left out. */
function machineDevices(folder = "/dev"): DeviceSpec[] {
  return readdirSync(folder).flatMap((name) => {
    const path = `${folder}/${name}`;
    const stats = lstatSync(path);
    if (NOT_SHARED.has(name)) return [];
    if (stats.isDirectory()) return machineDevices(path);
    return stats.isCharacterDevice() || stats.isBlockDevice() ? [deviceAt(path, stats)] : [];
  });
}

function deviceAt(path: string, stats: Stats): DeviceSpec {
  const type = stats.isBlockDevice() ? "b" : "c";
  return { path, type, ...deviceNumbers(stats.rdev), fileMode: stats.mode & 0o777, uid: stats.uid, gid: stats.gid };
}

export interface Devices {
  readonly devices: readonly DeviceSpec[];
  readonly deviceRules: readonly DeviceRule[];
}

/** null: nothing beyond docker's own. */
export function devicesOf(flags: ParsedFlags): Devices | null {
  const privileged = flags.bool("privileged");
  if (!privileged && !flags.given("device") && !flags.given("device-cgroup-rule")) return null;
  const devices = privileged ? machineDevices() : [];
  const rules: DeviceRule[] = [];
  for (const { source, target, access, stats } of flags.list("device").map(parseDevice).flatMap(nodesOf)) {
    if (!stats.isCharacterDevice() && !stats.isBlockDevice()) throw notAdded(source, "not a device node");
    const device = deviceAt(target, stats);
    devices.push(device);
    const { type, major, minor } = device;
    rules.push({ allow: true, type, major, minor, access } as DeviceRule);
  }
  rules.push(...flags.list("device-cgroup-rule").map(parseRule));
  return { devices, deviceRules: [...DEFAULT_DEVICE_RULES, ...rules] };
}

function parseRule(text: string): DeviceRule {
  const match = /^([acb]) (\d+|\*):(\d+|\*) ([rwm]{1,3})$/.exec(text);
  if (!match) throw invalidArgument("device-cgroup-rule", text, `invalid device cgroup format '${text}'`);
  const [, type, major, minor, access = ""] = match;
  const number = (word: string | undefined) => (word === "*" ? null : Number(word));
  return { allow: true, type: type as DeviceRule["type"], major: number(major), minor: number(minor), access };
}
