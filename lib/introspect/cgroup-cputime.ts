/**
 * usage_usec, user_usec and system_usec of each group's cpu.stat (kernel/cgroup/rstat.c).
 *
 * The kernel sums up lazily: what ran since somebody last read waits in per-CPU records, chained from the root through
 * `updated_children`. Reading the file flushes them; we must not write, so `collect` does the flush on paper: a group's
 * total is its own, plus what its record has since the last flush, plus what each updated child has not handed up yet.
 * On one CPU a per-CPU pointer is a plain one. The root's figures are the whole machine's (root_cgroup_cputime).
 */
import type { CgroupCputime } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { type Cputime, CputimeReader, noCputime } from "./cputime.ts";
import { fieldsOf, symbolOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";

const MAX_DEPTH = 256;
const MAX_UPDATED = 16_384;

export class CgroupCputimeReader {
  private readonly fields;
  private readonly cputimes: CputimeReader;
  private readonly kernelCpustat: number;
  private readonly root: number;
  /** Groups that ran or changed since the last flush, as of the last `collect`, children before parents. */
  readonly updated: number[] = [];
  private readonly totals = new Map<number, Cputime>();
  private readonly scratch: Cputime = noCputime();

  constructor(layout: KernelLayout, memory: GuestMemory, root: number) {
    this.fields = fieldsOf(layout, {
      rstatCpu: "cgroup.rstat_cpu",
      bstat: "cgroup.bstat.cputime",
      lastBstat: "cgroup.last_bstat.cputime",
      prevCputime: "cgroup.prev_cputime",
      cpuBstat: "cgroup_rstat_cpu.bstat.cputime",
      cpuLastBstat: "cgroup_rstat_cpu.last_bstat.cputime",
      updatedChildren: "cgroup_rstat_cpu.updated_children",
      updatedNext: "cgroup_rstat_cpu.updated_next",
      cpustat: "kernel_cpustat.cpustat",
      user: "CPUTIME_USER",
      nice: "CPUTIME_NICE",
      system: "CPUTIME_SYSTEM",
      irq: "CPUTIME_IRQ",
      softirq: "CPUTIME_SOFTIRQ",
    });
    this.cputimes = new CputimeReader(layout);
    this.kernelCpustat = memory.offsetOf(symbolOf(layout, "kernel_cpustat")) + this.fields.cpustat;
    this.root = root;
  }

  /** Once a snapshot, before `read`. */
  collect(memory: GuestMemory): void {
    this.totals.clear();
    this.updated.length = 0;
    this.collectChildren(memory, this.root, null, 0);
  }

  /** A copy of the group's sum as `collect` left it; null where nothing waits to be summed up. Before `read`. */
  pending(cgroup: number): Cputime | null {
    const total = this.totals.get(cgroup);
    return total ? { ...total } : null;
  }

  isPending(cgroup: number, pending: Cputime | null): boolean {
    const total = this.totals.get(cgroup);
    if (!total || !pending) return !total === !pending;
    const { utimeNs, stimeNs, runtimeNs } = pending;
    return total.utimeNs === utimeNs && total.stimeNs === stimeNs && total.runtimeNs === runtimeNs;
  }

  read(memory: GuestMemory, cgroup: number): CgroupCputime {
    if (cgroup === this.root) return this.readRoot(memory);
    const times = this.totals.get(cgroup) ?? this.settled(memory, cgroup);
    this.cputimes.adjust(memory, times, cgroup + this.fields.prevCputime);
    return cputimeUsec(times);
  }

  private collectChildren(memory: GuestMemory, cgroup: number, into: Cputime | null, depth: number): void {
    const { fields } = this;
    const record = memory.pointer(cgroup + fields.rstatCpu);
    if (record === 0 || depth > MAX_DEPTH) return;
    let child = memory.pointer(record + fields.updatedChildren);
    while (child !== cgroup && child !== 0 && !this.totals.has(child) && this.totals.size < MAX_UPDATED) {
      const childRecord = memory.pointer(child + fields.rstatCpu);
      if (childRecord === 0) return;
      const total = noCputime();
      this.totals.set(child, total);
      this.cputimes.add(memory, child + fields.bstat, total, 1);
      this.cputimes.add(memory, childRecord + fields.cpuBstat, total, 1);
      this.cputimes.add(memory, childRecord + fields.cpuLastBstat, total, -1);
      this.collectChildren(memory, child, total, depth + 1);
      this.updated.push(child);
      if (into) {
        into.utimeNs += total.utimeNs;
        into.stimeNs += total.stimeNs;
        into.runtimeNs += total.runtimeNs;
        this.cputimes.add(memory, child + fields.lastBstat, into, -1);
      }
      child = memory.pointer(childRecord + fields.updatedNext);
    }
  }

  private settled(memory: GuestMemory, cgroup: number): Cputime {
    const { scratch } = this;
    scratch.utimeNs = scratch.stimeNs = scratch.runtimeNs = 0;
    this.cputimes.add(memory, cgroup + this.fields.bstat, scratch, 1);
    return scratch;
  }

  private readRoot(memory: GuestMemory): CgroupCputime {
    const { fields, scratch } = this;
    const of = (index: number): number => memory.u64(this.kernelCpustat + 8 * index);
    scratch.utimeNs = of(fields.user) + of(fields.nice);
    scratch.stimeNs = of(fields.system) + of(fields.irq) + of(fields.softirq);
    scratch.runtimeNs = scratch.utimeNs + scratch.stimeNs;
    return cputimeUsec(scratch);
  }
}

function cputimeUsec(times: Cputime): CgroupCputime {
  return {
    usage_usec: Math.floor(times.runtimeNs / 1_000),
    user_usec: Math.floor(times.utimeNs / 1_000),
    system_usec: Math.floor(times.stimeNs / 1_000),
  };
}
