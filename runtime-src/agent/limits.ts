/**
 * The page's requests that write limits: of a container (kept in its state, as `box update`), and of any cgroup by file.
 * What the kernel refuses keeps its errno as the refusal's code.
 */

import { readFileSync, statSync } from "node:fs";
import type { AgentMethods, LimitChanges, IoLimit as PageIoLimit } from "../../lib/protocol/agent.ts";
import { type IoLimit, NO_LIMITS } from "../cgroups/resources.ts";
import { deviceNumbers } from "../cli/device-options.ts";
import type { Runtime } from "../cli/runtime.ts";
import { updateContainer } from "../cli/update.ts";
import { writeKernelFile } from "../container/host.ts";
import { Refusal } from "./refusal.ts";

const ROOT = "/sys/fs/cgroup";
const PERIOD_USEC = 100_000;

/** Names of controller and core files; no path can be made of them. */
const FILE = /^[a-z]+(?:\.[a-z]+){1,3}$/;
const PATH = /^(?:\/[^/\0]+)*\/?$/;

export function changeLimits(runtime: Runtime, container: string, changes: LimitChanges): void {
  const { cpus, cpuWeight, io = [] } = changes;
  updateContainer(runtime, container, {
    ...NO_LIMITS,
    memoryBytes: changes.memory,
    memorySwapBytes: changes.memorySwap ?? null,
    memoryReservationBytes: changes.memoryReservation ?? null,
    cpuQuotaUsec: cpus === null ? null : cpus < 0 ? -1 : Math.round(cpus * PERIOD_USEC),
    cpuPeriodUsec: cpus === null ? null : PERIOD_USEC,
    pids: changes.pids,
    io: io.map(ioLimit),
    unified: typeof cpuWeight === "number" ? { "cpu.weight": String(cpuWeight) } : {},
  });
}

/** "1:0" as it is, a path by its inode (st_rdev). */
function ioLimit({ device, rbps = null, wbps = null, riops = null, wiops = null }: PageIoLimit): IoLimit {
  const match = /^(\d+):(\d+)$/.exec(device);
  const numbers = match ? { major: Number(match[1]), minor: Number(match[2]) } : deviceNumbers(statSync(device).rdev);
  return { ...numbers, readBps: rbps, writeBps: wbps, readIops: riops, writeIops: wiops };
}

type WriteCgroup = AgentMethods["writeCgroup"];

export function writeCgroup({ linux }: Runtime, { cgroup, file, value }: WriteCgroup["params"]): WriteCgroup["result"] {
  if (!FILE.test(file)) throw new Refusal("BAD_REQUEST", `"${file}" is no name of a cgroup file`);
  if (!PATH.test(cgroup) || cgroup.split("/").some((part) => part === ".." || part === ".")) {
    throw new Refusal("BAD_REQUEST", `"${cgroup}" is no path from the cgroup2 root`);
  }
  const path = `${ROOT}${cgroup.replace(/\/$/, "")}/${file}`;
  writeKernelFile(linux, path, value);
  return { value: readable(path) };
}

/** cgroup.kill can only be written. */
function readable(path: string): string {
  try {
    return readFileSync(path, "utf8").trimEnd();
  } catch {
    return "";
  }
}
