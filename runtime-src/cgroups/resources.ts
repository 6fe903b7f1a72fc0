/**
 * Limits of a container and the cgroup v2 files they are (Documentation/admin-guide/cgroup-v2.rst), with runc's
 * conversions from the OCI and docker units. null: not asked for, the kernel's default stays. -1: no limit.
 */
export interface Resources {
  readonly memoryBytes: number | null;
  /** Memory and swap together, as docker counts. */
  readonly memorySwapBytes: number | null;
  readonly memoryReservationBytes: number | null;
  readonly cpuQuotaUsec: number | null;
  readonly cpuPeriodUsec: number | null;
  readonly cpuShares: number | null;
  readonly pids: number | null;
}

export const NO_LIMITS: Resources = {
  memoryBytes: null,
  memorySwapBytes: null,
  memoryReservationBytes: null,
  cpuQuotaUsec: null,
  cpuPeriodUsec: null,
  cpuShares: null,
  pids: null,
};

export interface CgroupWrite {
  readonly file: string;
  readonly value: string;
  /** The kernel may be built without it (no swap): its absence is no failure. */
  readonly optional?: boolean;
}

const DEFAULT_PERIOD_USEC = 100_000;

const orMax = (value: number): string => (value < 0 ? "max" : String(value));

/** cpu.shares (2 to 262144, default 1024) to cpu.weight (1 to 10000), as the OCI spec's note has it. */
export function weightOfShares(shares: number): number {
  return 1 + Math.floor(((shares - 2) * 9999) / 262142);
}

/** In the order they are to be written: memory.max before the swap that hangs on it. */
export function cgroupWrites(resources: Resources): CgroupWrite[] {
  const writes: CgroupWrite[] = [];
  const { memoryBytes, memorySwapBytes, memoryReservationBytes, cpuQuotaUsec, cpuPeriodUsec, cpuShares, pids } =
    resources;
  if (memoryBytes !== null) writes.push({ file: "memory.max", value: orMax(memoryBytes) });
  if (memorySwapBytes !== null) {
    const swap = memorySwapBytes < 0 ? -1 : memorySwapBytes - Math.max(memoryBytes ?? 0, 0);
    writes.push({ file: "memory.swap.max", value: orMax(swap), optional: true });
  }
  if (memoryReservationBytes !== null) writes.push({ file: "memory.low", value: String(memoryReservationBytes) });
  if (cpuQuotaUsec !== null || cpuPeriodUsec !== null) {
    const quota = cpuQuotaUsec === null || cpuQuotaUsec <= 0 ? "max" : String(cpuQuotaUsec);
    writes.push({ file: "cpu.max", value: `${quota} ${cpuPeriodUsec ?? DEFAULT_PERIOD_USEC}` });
  }
  if (cpuShares !== null && cpuShares > 0) {
    writes.push({ file: "cpu.weight", value: String(weightOfShares(cpuShares)) });
  }
  if (pids !== null) writes.push({ file: "pids.max", value: pids <= 0 ? "max" : String(pids) });
  return writes;
}
