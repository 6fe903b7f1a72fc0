/** --device-read-bps and its kin: "/dev/ram0:1mb" to io.max of the device behind the path. */
import { statSync } from "node:fs";
import type { IoLimit } from "../cgroups/resources.ts";
import { deviceNumbers } from "./device-options.ts";
import type { ParsedFlags } from "./flags.ts";
import { invalidArgument } from "./parsed-flag.ts";
import { parseSizeBytes } from "./units.ts";

type RateKey = "readBps" | "writeBps" | "readIops" | "writeIops";

const RATES: readonly (readonly [flag: string, key: RateKey])[] = [
  ["device-read-bps", "readBps"],
  ["device-read-iops", "readIops"],
  ["device-write-bps", "writeBps"],
  ["device-write-iops", "writeIops"],
];

const NONE = { readBps: null, writeBps: null, readIops: null, writeIops: null };

function rateOf(flag: string, text: string): readonly [path: string, rate: number] {
  const at = text.lastIndexOf(":");
  const path = text.slice(0, Math.max(at, 0));
  const value = text.slice(at + 1);
  if (at < 1) throw invalidArgument(flag, text, `bad format: ${text}`);
  if (!path.startsWith("/dev/")) throw invalidArgument(flag, text, `bad format for device path: ${text}`);
  const isBytes = flag.endsWith("bps");
  const units = isBytes ? ". Unit is optional and can be kb, mb, or gb" : "";
  try {
    const rate = isBytes ? parseSizeBytes(value) : Number(/^\d+$/.exec(value)?.[0]);
    if (rate >= 0) return [path, rate];
  } catch {
    // said below
  }
  const format = `<device-path>:<number>${isBytes ? "[<unit>]" : ""}`;
  throw invalidArgument(
    flag,
    text,
    `invalid rate for device: ${text}. The correct format is ${format}. Number must be a positive integer${units}`,
  );
}

export function ioLimitsOf(flags: ParsedFlags): IoLimit[] {
  const limits = new Map<string, IoLimit>();
  for (const [flag, key] of RATES) {
    for (const text of flags.list(flag)) {
      const [path, rate] = rateOf(flag, text);
      const { major, minor } = deviceNumbers(statSync(path).rdev);
      const device = `${major}:${minor}`;
      const known = limits.get(device) ?? { major, minor, ...NONE };
      limits.set(device, { ...known, [key]: rate === 0 ? -1 : rate });
    }
  }
  return [...limits.values()];
}
