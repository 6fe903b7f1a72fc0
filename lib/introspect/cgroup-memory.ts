/** memory.current, .peak, .min, .low, .high, .max and .events of a group (struct mem_cgroup, mm/memcontrol.c). */
import type { CgroupMemory, Limit } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";

export class CgroupMemoryReader {
  readonly controller: number;
  private readonly fields;

  constructor(layout: KernelLayout) {
    this.fields = fieldsOf(layout, {
      id: "memory_cgrp_id",
      counter: "mem_cgroup.memory",
      events: "mem_cgroup.memory_events",
      usage: "page_counter.usage",
      watermark: "page_counter.watermark",
      min: "page_counter.min",
      low: "page_counter.low",
      high: "page_counter.high",
      max: "page_counter.max",
      counterMax: "PAGE_COUNTER_MAX",
      pageSize: "PAGE_SIZE",
      eventLow: "MEMCG_LOW",
      eventHigh: "MEMCG_HIGH",
      eventMax: "MEMCG_MAX",
      eventOom: "MEMCG_OOM",
      eventOomKill: "MEMCG_OOM_KILL",
    });
    this.controller = this.fields.id;
  }

  read(memory: GuestMemory, css: number, former: CgroupMemory | null): CgroupMemory {
    const { fields } = this;
    const counter = css + fields.counter;
    const events = css + fields.events;
    const bytes = (field: number): number => memory.u32(counter + field) * fields.pageSize;
    const limit = (field: number): Limit => (memory.u32(counter + field) >= fields.counterMax ? "max" : bytes(field));
    const event = (index: number): number => memory.u32(events + 4 * index);
    const eventCounts = {
      low: event(fields.eventLow),
      high: event(fields.eventHigh),
      max: event(fields.eventMax),
      oom: event(fields.eventOom),
      oom_kill: event(fields.eventOomKill),
      oom_group_kill: 0,
    };
    const now: CgroupMemory = {
      current: bytes(fields.usage),
      eventsLocal: eventCounts,
      oomGroup: false,
      stat: {
        anon: 0,
        file: 0,
        kernel: 0,
        kernel_stack: 0,
        pagetables: 0,
        sock: 0,
        shmem: 0,
        file_mapped: 0,
        file_dirty: 0,
        file_writeback: 0,
        inactive_anon: 0,
        active_anon: 0,
        inactive_file: 0,
        active_file: 0,
        unevictable: 0,
        slab_reclaimable: 0,
        slab_unreclaimable: 0,
        pgfault: 0,
        pgmajfault: 0,
      },
      peak: bytes(fields.watermark),
      min: limit(fields.min),
      low: limit(fields.low),
      high: limit(fields.high),
      max: limit(fields.max),
      events: former && sameEvents(former.events, eventCounts) ? former.events : eventCounts,
    };
    return former && sameMemory(former, now) ? former : now;
  }
}

function sameEvents(a: CgroupMemory["events"], b: CgroupMemory["events"]): boolean {
  return a.low === b.low && a.high === b.high && a.max === b.max && a.oom === b.oom && a.oom_kill === b.oom_kill;
}

function sameMemory(a: CgroupMemory, b: CgroupMemory): boolean {
  return (
    a.current === b.current &&
    a.peak === b.peak &&
    a.min === b.min &&
    a.low === b.low &&
    a.high === b.high &&
    a.max === b.max &&
    a.events === b.events
  );
}
