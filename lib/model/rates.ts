/** What two snapshots say per second: counters travel raw, shares are made here, at the end. */
import type { Cgroup, KernelSnapshot, Task } from "../protocol/kernel-snapshot.ts";

export interface TaskRate {
  /** Share of the one CPU, 0 to 100. */
  readonly cpuPercent: number;
}

export interface CgroupRate {
  readonly cpuPercent: number;
  readonly userPercent: number;
  readonly systemPercent: number;
  /** Share of the enforcement periods between the two in which it was throttled; null without cpu.max or a period. */
  readonly throttledPercent: number | null;
}

export interface Rates {
  /** Guest time between the two snapshots. */
  readonly overNs: number;
  /** By PID; of a process that began in between, all that it has used. One that the earlier snapshot merely lacks has none. */
  readonly tasks: ReadonlyMap<number, TaskRate>;
  /** By cgroup id. */
  readonly cgroups: ReadonlyMap<number, CgroupRate>;
}

/** Null when no guest time passed between the two (the guest was idle or restored). */
export function ratesBetween(previous: KernelSnapshot, next: KernelSnapshot): Rates | null {
  const overNs = next.guestTimeNs - previous.guestTimeNs;
  if (overNs <= 0) return null;
  const before = new Map(previous.tasks.map((task) => [task.pid, task]));
  const tasks = new Map<number, TaskRate>();
  for (const task of next.tasks) {
    const earlier = before.get(task.pid);
    const known = earlier?.startTimeNs === task.startTimeNs;
    if (!known && task.startTimeNs < previous.guestTimeNs) continue;
    tasks.set(task.pid, { cpuPercent: percent(cpuNs(task) - (known ? cpuNs(earlier) : 0), overNs) });
  }
  const groupsBefore = new Map(previous.cgroups.map((cgroup) => [cgroup.id, cgroup]));
  const cgroups = new Map<number, CgroupRate>();
  for (const cgroup of next.cgroups) {
    cgroups.set(cgroup.id, cgroupRate(groupsBefore.get(cgroup.id), cgroup, overNs));
  }
  return { overNs, tasks, cgroups };
}

/** A group that was not there before began at 0. */
function cgroupRate(earlier: Cgroup | undefined, later: Cgroup, overNs: number): CgroupRate {
  const share = (key: keyof Cgroup["cputime"]): number =>
    percent((later.cputime[key] - (earlier?.cputime[key] ?? 0)) * 1_000, overNs);
  const periods = later.cpu ? later.cpu.nr_periods - (earlier?.cpu?.nr_periods ?? 0) : 0;
  const throttled = later.cpu ? later.cpu.nr_throttled - (earlier?.cpu?.nr_throttled ?? 0) : 0;
  return {
    cpuPercent: share("usage_usec"),
    userPercent: share("user_usec"),
    systemPercent: share("system_usec"),
    throttledPercent: periods > 0 ? percent(throttled, periods) : null,
  };
}

const cpuNs = (task: Task): number => task.utimeNs + task.stimeNs;

function percent(part: number, whole: number): number {
  return Math.min(100, Math.max(0, (100 * part) / whole));
}
