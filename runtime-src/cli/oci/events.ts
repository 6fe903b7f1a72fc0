/** `box oci events`: JSON lines with what a container uses (cgroup files), and one whenever the kernel's OOM killer struck. */
import { readFileSync } from "node:fs";
import { flatKey } from "../../cgroups/container-cgroup.ts";
import { isErrno } from "../../container/host.ts";
import { isAlive, requireRecord } from "../../oci/bundle-state.ts";
import { UsageError } from "../flags.ts";
import { bool, idOf, type OciVerb, text } from "./oci-verb.ts";

function read(folder: string, file: string): string {
  try {
    return readFileSync(`${folder}/${file}`, "utf8").trim();
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENODEV")) return "";
    throw error;
  }
}

const number = (folder: string, file: string): number | null => {
  const words = read(folder, file);
  return /^\d+$/.test(words) ? Number(words) : null;
};

const flatFile = (folder: string, file: string): Record<string, number> =>
  Object.fromEntries(
    read(folder, file)
      .split("\n")
      .filter(Boolean)
      .map((line) => {
        const [key = "", value] = line.split(" ");
        return [key, Number(value)];
      }),
  );

const NSEC_PER_USEC = 1000;

function cpu(folder: string) {
  const stat = flatFile(folder, "cpu.stat");
  const nsec = (key: string) => (stat[key] ?? 0) * NSEC_PER_USEC;
  return {
    usage: { total: nsec("usage_usec"), kernel: nsec("system_usec"), user: nsec("user_usec") },
    throttling: {
      periods: stat.nr_periods ?? 0,
      throttledPeriods: stat.nr_throttled ?? 0,
      throttledTime: nsec("throttled_usec"),
    },
  };
}

/** "254:0 rbytes=1 wbytes=2 …" */
const io = (folder: string) =>
  read(folder, "io.stat")
    .split("\n")
    .filter(Boolean)
    .flatMap((line) => {
      const [device = "", ...pairs] = line.split(" ");
      const [major, minor] = device.split(":").map(Number);
      return pairs.map((pair) => {
        const [op, value] = pair.split("=");
        return { major, minor, op, value: Number(value) };
      });
    });

export function statsOf(folder: string) {
  const [usage, peak, limit] = ["memory.current", "memory.peak", "memory.max"].map((file) => number(folder, file));
  return {
    cpu: cpu(folder),
    memory: {
      // 2^64 - 1, as runc prints "max", is no number that JSON can hold
      usage: { usage, max: peak, limit },
      raw: flatFile(folder, "memory.stat"),
    },
    pids: { current: number(folder, "pids.current"), limit: number(folder, "pids.max") },
    blkio: { ioServiceBytesRecursive: io(folder) },
  };
}

const DURATION_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

function intervalMs(words: string): number {
  const match = /^(\d+)(ms|s|m)$/.exec(words);
  const ms = match ? Number(match[1]) * (DURATION_MS[match[2] ?? ""] ?? 0) : 0;
  if (ms <= 0) throw new UsageError(`invalid --interval "${words}": as in 500ms, 5s or 1m`);
  return ms;
}

export const events: OciVerb = {
  usage: "CONTAINER-ID",
  summary: "Print what a container uses, and when it runs out of memory",
  flags: [bool("stats", "Once, then end"), text("interval", "Time between two lines (5s)")],
  words: [1, 1],
  async run(runtime, flags) {
    const { id, cgroup } = requireRecord(runtime.root, idOf(flags));
    const waitMs = intervalMs(flags.text("interval") ?? "5s");
    const alive = () => isAlive(requireRecord(runtime.root, id));
    if (!alive()) throw new Error(`container ${id} is not running`);
    const say = (type: string, data: object | null) =>
      runtime.out(`${JSON.stringify({ type, id, ...(data ? { data } : {}) })}\n`);
    const kills = () => flatKey(cgroup, "memory.events", "oom_kill") ?? 0;
    for (let before = kills(); ; ) {
      say("stats", statsOf(cgroup));
      if (flags.bool("stats")) return 0;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      const now = kills();
      if (now > before) say("oom", null);
      before = now;
      if (!alive()) return 0;
    }
  },
};
