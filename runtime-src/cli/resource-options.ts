/** docker's flags of limits in the kernel's units; what its daemon refuses is refused here, in its words. */
import { type IoLimit, NO_LIMITS, type Resources } from "../cgroups/resources.ts";
import type { ParsedFlags } from "./flags.ts";
import { parsed } from "./parsed-flag.ts";
import { parseInteger, parseSizeBytes } from "./units.ts";

const MINIMUM_MEMORY_BYTES = 6 * 1024 * 1024;
const DEFAULT_PERIOD_USEC = 100_000;
const CPU_COUNT = 1;

function cpusToQuota(text: string): number {
  if (!/^\d*\.?\d+$/.test(text)) throw new Error(`failed to parse ${text} as a rational number`);
  return Number(text);
}

const swapSize = (text: string): number => (text === "-1" ? -1 : parseSizeBytes(text));

export function resourcesOf(flags: ParsedFlags, io: readonly IoLimit[] = []): Resources {
  const memoryBytes = parsed(flags, "memory", parseSizeBytes) || null;
  const swap = parsed(flags, "memory-swap", swapSize) || null;
  const cpus = parsed(flags, "cpus", cpusToQuota) || null;
  if (cpus !== null && (flags.given("cpu-quota") || flags.given("cpu-period"))) {
    const other = flags.given("cpu-period") ? "CPU Period" : "CPU Quota";
    throw new Error(`Conflicting options: Nano CPUs and ${other} cannot both be set`);
  }
  const resources: Resources = {
    ...NO_LIMITS,
    memoryBytes,
    memorySwapBytes: swap ?? (memoryBytes === null ? null : memoryBytes * 2),
    memoryReservationBytes: parsed(flags, "memory-reservation", parseSizeBytes) || null,
    cpuQuotaUsec: cpus === null ? parsed(flags, "cpu-quota", parseInteger) || null : Math.round(cpus * 100_000),
    cpuPeriodUsec: cpus === null ? parsed(flags, "cpu-period", parseInteger) || null : DEFAULT_PERIOD_USEC,
    cpuShares: parsed(flags, "cpu-shares", parseInteger) || null,
    pids: parsed(flags, "pids-limit", parseInteger) || null,
    io,
  };
  checkResources(resources, swap, cpus);
  return resources;
}

function checkMemory({ memoryBytes, memoryReservationBytes }: Resources, swap: number | null): void {
  if (memoryBytes !== null && memoryBytes < MINIMUM_MEMORY_BYTES)
    throw new Error("Minimum memory limit allowed is 6MB");
  if (swap !== null && memoryBytes === null) {
    throw new Error("You should always set the Memory limit when using Memoryswap limit, see usage");
  }
  if (swap !== null && swap > 0 && memoryBytes !== null && swap < memoryBytes) {
    throw new Error("Minimum memoryswap limit should be larger than memory limit, see usage");
  }
  if (memoryReservationBytes !== null && memoryReservationBytes < MINIMUM_MEMORY_BYTES) {
    throw new Error("Minimum memory reservation allowed is 6MB");
  }
  if (memoryBytes !== null && memoryReservationBytes !== null && memoryBytes < memoryReservationBytes) {
    throw new Error("Minimum memory limit can not be less than memory reservation limit, see usage");
  }
}

function checkResources(resources: Resources, swap: number | null, cpus: number | null): void {
  const { cpuQuotaUsec, cpuPeriodUsec, cpuShares } = resources;
  checkMemory(resources, swap);
  if (cpus !== null && (cpus < 0.01 || cpus > CPU_COUNT)) {
    throw new Error(`Range of CPUs is from 0.01 to ${CPU_COUNT}.00, as there are only ${CPU_COUNT} CPUs available`);
  }
  if (cpuShares !== null && cpuShares < 0)
    throw new Error(`invalid CPU shares (${cpuShares}): value must be a positive integer`);
  if (cpus === null && cpuQuotaUsec !== null && cpuQuotaUsec > 0 && cpuQuotaUsec < 1000) {
    throw new Error("CPU cfs quota can not be less than 1ms (i.e. 1000)");
  }
  if (cpuPeriodUsec !== null && (cpuPeriodUsec < 1000 || cpuPeriodUsec > 1_000_000)) {
    throw new Error("CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
  }
}
