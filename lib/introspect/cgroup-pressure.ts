/**
 * cpu.pressure, memory.pressure and io.pressure of a group, and of the machine for the root (kernel/sched/psi.c). The kernel
 * brings the averages up to date when a file is read (psi_show); `lineOf` does the same on paper, at the time of the last tick.
 */
import type { CgroupPressure, Pressure, PressureLine } from "../protocol/kernel-cgroup.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf, symbolOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";

/** FSHIFT and the decays of include/linux/sched/loadavg.h and kernel/sched/psi.c: 1/exp(2s/10s), 2s/60s, 2s/300s. */
const SHIFT = 11;
const ONE = 1 << SHIFT;
const DECAYS = [1_677, 1_981, 2_034] as const;
/** Nothing is left of an average after so many idle periods. */
const MAX_MISSED = 100_000;

export class CgroupPressureReader {
  private readonly fields;
  private readonly system: number;
  private readonly disabled: number;
  private readonly clock: number;
  private readonly periodNs: number;
  private nowNs = 0;

  constructor(layout: KernelLayout, memory: GuestMemory) {
    this.fields = fieldsOf(layout, {
      enabled: "psi_group.enabled",
      pcpu: "psi_group.pcpu",
      avgTotal: "psi_group.avg_total",
      avgLastUpdate: "psi_group.avg_last_update",
      avgNextUpdate: "psi_group.avg_next_update",
      total: "psi_group.total",
      avg: "psi_group.avg",
      stateMask: "psi_group_cpu.state_mask",
      times: "psi_group_cpu.times",
      stateStart: "psi_group_cpu.state_start",
      timesPrev: "psi_group_cpu.times_prev",
      io: "PSI_IO",
      memory: "PSI_MEM",
      cpu: "PSI_CPU",
      nonidle: "PSI_NONIDLE",
      hz: "HZ",
      rqClock: "rq.clock",
    });
    const at = (symbol: string): number => memory.offsetOf(symbolOf(layout, symbol));
    this.system = at("psi_system");
    this.disabled = at("psi_disabled");
    this.clock = at("runqueues") + this.fields.rqClock;
    // PSI_FREQ is 2 * HZ + 1 jiffies.
    this.periodNs = (2 * this.fields.hz + 1) * (1e9 / this.fields.hz);
  }

  begin(memory: GuestMemory): void {
    this.nowNs = memory.u64(this.clock);
  }

  /** `group` 0 stands for the machine. Null where pressure is not accounted. */
  read(memory: GuestMemory, group: number | null, former: CgroupPressure | null): CgroupPressure | null {
    const { fields } = this;
    const at = group ?? this.system;
    const percpu = at === 0 ? 0 : memory.pointer(at + fields.pcpu);
    if (percpu === 0 || memory.i32(this.disabled) > 0 || memory.u8(at + fields.enabled) === 0) return null;
    const nonidle = this.waiting(memory, percpu, fields.nonidle);
    // Without a whole tick of activity, what waits counts for nothing (collect_percpu_times weighs by it).
    const weight = Math.floor((nonidle * fields.hz) / 1e9) > 0 ? 1 : 0;
    const cpu = this.pressureOf(memory, at, percpu, fields.cpu, weight, former?.cpu, group !== null);
    const mem = this.pressureOf(memory, at, percpu, fields.memory, weight, former?.memory);
    const io = this.pressureOf(memory, at, percpu, fields.io, weight, former?.io);
    const same = former && former.cpu === cpu && former.memory === mem && former.io === io;
    return same ? former : { cpu, memory: mem, io };
  }

  /** Of the machine's CPU there is no "full". */
  private pressureOf(
    memory: GuestMemory,
    group: number,
    percpu: number,
    resource: number,
    weight: number,
    former: Pressure = NO_PRESSURE,
    hasFull = true,
  ): Pressure {
    const some = this.lineOf(memory, group, percpu, 2 * resource, weight, former.some);
    const full = hasFull ? this.lineOf(memory, group, percpu, 2 * resource + 1, weight, former.full) : NOTHING;
    return former.some === some && former.full === full ? former : { some, full };
  }

  /** ns of a state since the last collection (get_recent_times). */
  private waiting(memory: GuestMemory, percpu: number, state: number): number {
    const { fields } = this;
    let time = memory.u32(percpu + fields.times + 4 * state);
    if (memory.u32(percpu + fields.stateMask) & (1 << state))
      time += Math.max(0, this.nowNs - memory.u64(percpu + fields.stateStart));
    return ((time - memory.u32(percpu + fields.timesPrev + 4 * state)) % 2 ** 32) >>> 0;
  }

  private lineOf(
    memory: GuestMemory,
    group: number,
    percpu: number,
    state: number,
    weight: number,
    former: PressureLine,
  ): PressureLine {
    const { fields, periodNs, nowNs } = this;
    const known = memory.u64(group + fields.total + 8 * state);
    const total = known + weight * this.waiting(memory, percpu, state);
    const averages = group + fields.avg + 12 * state;
    if (total === 0 && memory.i32(averages) === 0 && memory.i32(averages + 4) === 0 && memory.i32(averages + 8) === 0)
      return NOTHING;
    const dueNs = memory.u64(group + fields.avgNextUpdate);
    const avg10 = memory.u32(averages);
    const avg60 = memory.u32(averages + 4);
    const avg300 = memory.u32(averages + 8);
    if (nowNs < dueNs) return line(former, avg10, avg60, avg300, total);
    const missed = Math.min(MAX_MISSED, Math.max(0, Math.floor((nowNs - dueNs) / periodNs)));
    const spanNs = nowNs - (memory.u64(group + fields.avgLastUpdate) + missed * periodNs);
    const sample = Math.min(total - memory.u64(group + fields.avgTotal + 8 * state), spanNs);
    const percent = spanNs > 0 ? Math.floor((Math.max(0, sample) * 100) / spanNs) * ONE : 0;
    return line(
      former,
      aged(avg10, DECAYS[0], missed, percent),
      aged(avg60, DECAYS[1], missed, percent),
      aged(avg300, DECAYS[2], missed, percent),
      total,
    );
  }
}

const NOTHING: PressureLine = { avg10: 0, avg60: 0, avg300: 0, total: 0 };
const NO_PRESSURE: Pressure = { some: NOTHING, full: NOTHING };

/** `former` itself where it says the same; the averages as the kernel holds them, `total` in ns. */
function line(former: PressureLine, avg10: number, avg60: number, avg300: number, total: number): PressureLine {
  const [ten, sixty, threeHundred, usec] = [shown(avg10), shown(avg60), shown(avg300), Math.floor(total / 1_000)];
  const same =
    former.avg10 === ten && former.avg60 === sixty && former.avg300 === threeHundred && former.total === usec;
  return same ? former : { avg10: ten, avg60: sixty, avg300: threeHundred, total: usec };
}

/** An average after periods of which nobody took notice, and the one that is over now. */
function aged(average: number, decay: number, missed: number, percent: number): number {
  return decayed(missed > 0 ? decayed(average, power(decay, missed), 0) : average, decay, percent);
}

/** calc_load */
function decayed(load: number, decay: number, active: number): number {
  const next = load * decay + active * (ONE - decay) + (active >= load ? ONE - 1 : 0);
  return Math.floor(next / ONE);
}

/** fixed_power_int */
function power(base: number, exponent: number): number {
  let result = ONE;
  for (let [x, n] = [base, exponent]; n > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) result = (result * x + ONE / 2) >> SHIFT;
    x = (x * x + ONE / 2) >> SHIFT;
  }
  return result;
}

/** LOAD_INT and LOAD_FRAC */
const shown = (load: number): number => (load >> SHIFT) + (((load & (ONE - 1)) * 100) >> SHIFT) / 100;
