/**
 * Limits of a container and the cgroup v2 files they are (Documentation/admin-guide/cgroup-v2.rst), with runc's
 * conversions from the OCI and docker units. null: not asked for, the kernel's default stays. -1: no limit.
 */

/** io.max of one block device; -1: no limit. */
export interface IoLimit {
  readonly major: number;
  readonly minor: number;
  readonly readBps: number | null;
  readonly writeBps: number | null;
  readonly readIops: number | null;
  readonly writeIops: number | null;
}

export interface Resources {
  readonly memoryBytes: number | null;
  /** Memory and swap together, as docker counts. */
  readonly memorySwapBytes: number | null;
  readonly memoryReservationBytes: number | null;
  readonly cpuQuotaUsec: number | null;
  readonly cpuPeriodUsec: number | null;
  readonly cpuShares: number | null;
  readonly cpuBurstUsec: number | null;
  /** cpu.idle: runs only when nobody else wants to. */
  readonly cpuIdle: boolean | null;
  readonly pids: number | null;
  readonly io: readonly IoLimit[];
  /** linux.resources.unified: file -> value, written last, so that it has the last word. */
  readonly unified: Readonly<Record<string, string>>;
}

export const NO_LIMITS: Resources = {
  memoryBytes: null,
  memorySwapBytes: null,
  memoryReservationBytes: null,
  cpuQuotaUsec: null,
  cpuPeriodUsec: null,
  cpuShares: null,
  cpuBurstUsec: null,
  cpuIdle: null,
  pids: null,
  io: [],
  unified: {},
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

function memoryWrites({ memoryBytes, memorySwapBytes, memoryReservationBytes }: Resources): CgroupWrite[] {
  const writes: CgroupWrite[] = [];
  if (memoryBytes !== null) writes.push({ file: "memory.max", value: orMax(memoryBytes) });
  if (memorySwapBytes !== null) {
    const swap = memorySwapBytes < 0 ? -1 : memorySwapBytes - Math.max(memoryBytes ?? 0, 0);
    writes.push({ file: "memory.swap.max", value: orMax(swap), optional: true });
  }
  if (memoryReservationBytes !== null) writes.push({ file: "memory.low", value: orMax(memoryReservationBytes) });
  return writes;
}

function cpuWrites({ cpuQuotaUsec, cpuPeriodUsec, cpuShares, cpuBurstUsec, cpuIdle }: Resources): CgroupWrite[] {
  const writes: CgroupWrite[] = [];
  if (cpuQuotaUsec !== null || cpuPeriodUsec !== null) {
    const quota = cpuQuotaUsec === null || cpuQuotaUsec <= 0 ? "max" : String(cpuQuotaUsec);
    writes.push({ file: "cpu.max", value: `${quota} ${cpuPeriodUsec ?? DEFAULT_PERIOD_USEC}` });
  }
  // After the quota, which it may not exceed.
  if (cpuBurstUsec !== null) writes.push({ file: "cpu.max.burst", value: String(cpuBurstUsec) });
  if (cpuShares !== null && cpuShares > 0) {
    writes.push({ file: "cpu.weight", value: String(weightOfShares(cpuShares)) });
  }
  if (cpuIdle !== null) writes.push({ file: "cpu.idle", value: cpuIdle ? "1" : "0" });
  return writes;
}

export function ioMaxLine({ major, minor, readBps, writeBps, readIops, writeIops }: IoLimit): string {
  const keys = { rbps: readBps, wbps: writeBps, riops: readIops, wiops: writeIops };
  const words = Object.entries(keys).flatMap(([key, value]) => (value === null ? [] : [`${key}=${orMax(value)}`]));
  return [`${major}:${minor}`, ...words].join(" ");
}

/** In the order they are to be written: memory.max before the swap that hangs on it. */
export function cgroupWrites(resources: Resources): CgroupWrite[] {
  const { pids, io, unified } = resources;
  const writes = [...memoryWrites(resources), ...cpuWrites(resources)];
  if (pids !== null) writes.push({ file: "pids.max", value: pids <= 0 ? "max" : String(pids) });
  for (const limit of io) writes.push({ file: "io.max", value: ioMaxLine(limit) });
  for (const [file, value] of Object.entries(unified)) {
    for (const line of value.split("\n")) if (line !== "") writes.push({ file, value: line });
  }
  return writes;
}
