/**
 * memory.stat of a group (memory_stat_format in mm/memcontrol.c). The kernel sums up lazily, as with cpu.stat: reading the file
 * flushes what waits in the per-CPU records once enough has gathered (mem_cgroup_flush_stats). `collect` does that flush on paper,
 * under the same condition, so the figures are those that the file would show.
 *
 * Order: `collect` once a snapshot, with the updated groups, children before parents.
 */
import type { CgroupMemoryStat } from "../protocol/kernel-cgroup.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf, symbolOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";

const STATES = {
  anon: "NR_ANON_MAPPED",
  file: "NR_FILE_PAGES",
  kernel: "MEMCG_KMEM",
  kernel_stack: "NR_KERNEL_STACK_KB",
  pagetables: "NR_PAGETABLE",
  sock: "MEMCG_SOCK",
  shmem: "NR_SHMEM",
  file_mapped: "NR_FILE_MAPPED",
  file_dirty: "NR_FILE_DIRTY",
  file_writeback: "NR_WRITEBACK",
  inactive_anon: "NR_INACTIVE_ANON",
  active_anon: "NR_ACTIVE_ANON",
  inactive_file: "NR_INACTIVE_FILE",
  active_file: "NR_ACTIVE_FILE",
  unevictable: "NR_UNEVICTABLE",
  slab_reclaimable: "NR_SLAB_RECLAIMABLE_B",
  slab_unreclaimable: "NR_SLAB_UNRECLAIMABLE_B",
} as const;
const EVENTS = { pgfault: "MEMCG_EVENT_PGFAULT", pgmajfault: "MEMCG_EVENT_PGMAJFAULT" } as const;
/** memcg_page_state_unit: the rest counts pages. */
const IN_BYTES = new Set(["slab_reclaimable", "slab_unreclaimable"]);
const IN_KIBIBYTES = new Set(["kernel_stack"]);
const MAX_DEPTH = 256;

interface Counter {
  readonly key: keyof CgroupMemoryStat;
  readonly unit: number;
  readonly total: number;
  readonly pending: number;
  readonly cpu: number;
  readonly cpuPrev: number;
}

export class CgroupMemoryStatReader {
  private readonly fields;
  private readonly counters: readonly Counter[];
  private readonly threshold: number;
  /** By the offset of the mem_cgroup: what a flush would add to each counter. */
  private readonly deltas = new Map<number, Float64Array>();
  private readonly spare: Float64Array[] = [];
  private readonly values: Float64Array;

  constructor(layout: KernelLayout, memory: GuestMemory) {
    this.fields = fieldsOf(layout, {
      vmstats: "mem_cgroup.vmstats",
      percpu: "mem_cgroup.vmstats_percpu",
      parent: "cgroup_subsys_state.parent",
      state: "memcg_vmstats.state",
      events: "memcg_vmstats.events",
      statePending: "memcg_vmstats.state_pending",
      eventsPending: "memcg_vmstats.events_pending",
      cpuState: "memcg_vmstats_percpu.state",
      cpuEvents: "memcg_vmstats_percpu.events",
      cpuStatePrev: "memcg_vmstats_percpu.state_prev",
      cpuEventsPrev: "memcg_vmstats_percpu.events_prev",
      pageSize: "PAGE_SIZE",
    });
    const f = this.fields;
    const states = Object.entries(fieldsOf(layout, STATES)).map(([name, index]) => ({
      key: name as keyof CgroupMemoryStat,
      unit: IN_BYTES.has(name) ? 1 : IN_KIBIBYTES.has(name) ? 1_024 : f.pageSize,
      total: f.state + 4 * index,
      pending: f.statePending + 4 * index,
      cpu: f.cpuState + 4 * index,
      cpuPrev: f.cpuStatePrev + 4 * index,
    }));
    const events = Object.entries(fieldsOf(layout, EVENTS)).map(([name, index]) => ({
      key: name as keyof CgroupMemoryStat,
      unit: 1,
      total: f.events + 4 * index,
      pending: f.eventsPending + 4 * index,
      cpu: f.cpuEvents + 4 * index,
      cpuPrev: f.cpuEventsPrev + 4 * index,
    }));
    this.counters = [...states, ...events];
    this.values = new Float64Array(this.counters.length);
    this.threshold = memory.offsetOf(symbolOf(layout, "stats_flush_threshold"));
  }

  /** `groups`: offsets of the mem_cgroups that have been updated since the last flush, children before parents. */
  collect(memory: GuestMemory, groups: readonly number[]): void {
    this.deltas.clear();
    // More than one CPU's worth of updates: mem_cgroup_flush_stats on this machine of one CPU.
    if (memory.i32(this.threshold) <= 1) return;
    for (const group of groups) this.flush(memory, group);
  }

  private flush(memory: GuestMemory, group: number): void {
    const { fields, counters, deltas } = this;
    const stats = memory.pointer(group + fields.vmstats);
    const percpu = memory.pointer(group + fields.percpu);
    if (stats === 0 || percpu === 0 || deltas.size > MAX_DEPTH * 64) return;
    const own = this.deltaOf(group);
    const parent = memory.pointer(group + fields.parent);
    const above = parent === 0 ? null : this.deltaOf(parent);
    for (let index = 0; index < counters.length; index++) {
      const counter = counters[index];
      if (!counter) continue;
      const delta =
        (own[index] ?? 0) +
        memory.i32(stats + counter.pending) +
        ((memory.i32(percpu + counter.cpu) - memory.i32(percpu + counter.cpuPrev)) | 0);
      own[index] = delta;
      if (above) above[index] = (above[index] ?? 0) + delta;
    }
  }

  /** What a flush would add to the group's counters, 0 to begin with; arrays of earlier snapshots are used again. */
  private deltaOf(group: number): Float64Array {
    const known = this.deltas.get(group);
    if (known) return known;
    const delta = this.spare[this.deltas.size] ?? new Float64Array(this.counters.length);
    this.spare[this.deltas.size] = delta.fill(0);
    this.deltas.set(group, delta);
    return delta;
  }

  /** A copy of what a flush would add now; null for nothing. */
  pending(group: number): Float64Array | null {
    return this.deltas.get(group)?.slice() ?? null;
  }

  isPending(group: number, pending: Float64Array | null): boolean {
    const delta = this.deltas.get(group);
    if (!delta || !pending) return !delta === !pending;
    for (let index = 0; index < delta.length; index++) if (delta[index] !== pending[index]) return false;
    return true;
  }

  read(memory: GuestMemory, group: number, former: CgroupMemoryStat | null): CgroupMemoryStat | null {
    const stats = memory.pointer(group + this.fields.vmstats);
    if (stats === 0) return null;
    const delta = this.deltas.get(group);
    const { counters, values } = this;
    let same = former !== null;
    for (let index = 0; index < counters.length; index++) {
      const counter = counters[index];
      if (!counter) continue;
      const value = (memory.i32(stats + counter.total) + (delta?.[index] ?? 0)) * counter.unit;
      values[index] = value;
      same &&= former?.[counter.key] === value;
    }
    if (same) return former;
    const figures = {} as Record<keyof CgroupMemoryStat, number>;
    for (let index = 0; index < counters.length; index++) {
      const counter = counters[index];
      if (counter) figures[counter.key] = values[index] ?? 0;
    }
    return figures;
  }
}
