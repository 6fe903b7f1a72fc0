/** cpu.weight, cpu.max and the throttling part of cpu.stat (struct task_group, kernel/sched/sched.h). */
import type { CgroupCpu, Limit } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";
import type { WatchedWords } from "./watched-words.ts";

/** CGROUP_WEIGHT_DFL and the scheduler's shares that correspond to it (cpu_weight_read_u64 in kernel/sched/core.c). */
const DEFAULT_WEIGHT = 100;
const DEFAULT_SHARES = 1_024;
/** RUNTIME_INF: all 64 bits set. */
const NO_QUOTA = -1;

export class CgroupCpuReader {
  readonly controller: number;
  private readonly fields;
  private readonly words: WatchedWords;

  constructor(layout: KernelLayout, words: WatchedWords) {
    this.words = words;
    this.fields = fieldsOf(layout, {
      id: "cpu_cgrp_id",
      shares: "task_group.shares",
      period: "task_group.cfs_bandwidth.period",
      quota: "task_group.cfs_bandwidth.quota",
      nrPeriods: "task_group.cfs_bandwidth.nr_periods",
      nrThrottled: "task_group.cfs_bandwidth.nr_throttled",
      throttledTime: "task_group.cfs_bandwidth.throttled_time",
      burst: "task_group.cfs_bandwidth.burst",
      nrBurst: "task_group.cfs_bandwidth.nr_burst",
      burstTime: "task_group.cfs_bandwidth.burst_time",
      idle: "task_group.idle",
    });
    this.controller = this.fields.id;
  }

  read(memory: GuestMemory, css: number, usageUsec: number, former: CgroupCpu | null): CgroupCpu {
    const { fields } = this;
    const now: CgroupCpu = {
      usage_usec: usageUsec,
      weight: Math.round((memory.u32(css + fields.shares) * DEFAULT_WEIGHT) / DEFAULT_SHARES),
      max: this.quotaUsec(memory, css + fields.quota),
      nr_bursts: memory.u32(css + fields.nrBurst),
      burst_usec: Math.floor(memory.u64(css + fields.burstTime) / 1_000),
      max_burst_usec: Math.floor(memory.u64(css + fields.burst) / 1_000),
      idle: memory.i32(css + fields.idle) > 0,
      period_usec: Math.floor(memory.u64(css + fields.period) / 1_000),
      nr_periods: memory.u32(css + fields.nrPeriods),
      nr_throttled: memory.u32(css + fields.nrThrottled),
      throttled_usec: Math.floor(memory.u64(css + fields.throttledTime) / 1_000),
    };
    for (const field of [fields.shares, fields.period, fields.quota, fields.quota + 4, fields.burst])
      this.words.add(memory, css + field);
    return former && sameCpu(former, now) ? former : now;
  }

  private quotaUsec(memory: GuestMemory, at: number): Limit {
    if (memory.i32(at) === NO_QUOTA && memory.i32(at + 4) === NO_QUOTA) return "max";
    return Math.floor(memory.u64(at) / 1_000);
  }
}

function sameCpu(a: CgroupCpu, b: CgroupCpu): boolean {
  return (
    a.usage_usec === b.usage_usec &&
    a.nr_periods === b.nr_periods &&
    a.nr_throttled === b.nr_throttled &&
    a.throttled_usec === b.throttled_usec &&
    a.nr_bursts === b.nr_bursts &&
    a.burst_usec === b.burst_usec &&
    a.max_burst_usec === b.max_burst_usec &&
    a.idle === b.idle &&
    a.weight === b.weight &&
    a.max === b.max &&
    a.period_usec === b.period_usec
  );
}
