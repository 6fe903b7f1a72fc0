/** memory.current, .peak, .min, .low, .high, .max and .events of a group (struct mem_cgroup, mm/memcontrol.c). */
import type { CgroupMemory, Limit } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import type { CgroupMemoryStatReader } from "./cgroup-memory-stat.ts";
import { fieldsOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";
import { sameFlat } from "./same.ts";
import type { WatchedWords } from "./watched-words.ts";

export class CgroupMemoryReader {
  readonly controller: number;
  private readonly fields;
  private readonly stats: CgroupMemoryStatReader;
  private readonly words: WatchedWords;

  constructor(layout: KernelLayout, stats: CgroupMemoryStatReader, words: WatchedWords) {
    this.stats = stats;
    this.words = words;
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
      eventOomGroupKill: "MEMCG_OOM_GROUP_KILL",
      eventsLocal: "mem_cgroup.memory_events_local",
      oomGroup: "mem_cgroup.oom_group",
    });
    this.controller = this.fields.id;
  }

  read(memory: GuestMemory, css: number, former: CgroupMemory | null): CgroupMemory | null {
    const { fields } = this;
    const counter = css + fields.counter;
    const bytes = (field: number): number => memory.u32(counter + field) * fields.pageSize;
    const limit = (field: number): Limit => {
      this.words.add(memory, counter + field);
      return memory.u32(counter + field) >= fields.counterMax ? "max" : bytes(field);
    };
    this.words.add(memory, css + fields.events + 4 * fields.eventOomKill);
    const stat = this.stats.read(memory, css, former?.stat ?? null);
    if (!stat) return null;
    const now: CgroupMemory = {
      current: bytes(fields.usage),
      peak: bytes(fields.watermark),
      min: limit(fields.min),
      low: limit(fields.low),
      high: limit(fields.high),
      max: limit(fields.max),
      events: this.eventsAt(memory, css + fields.events, former?.events),
      eventsLocal: this.eventsAt(memory, css + fields.eventsLocal, former?.eventsLocal),
      oomGroup: memory.u8(css + fields.oomGroup) !== 0,
      stat,
    };
    return former && sameFlat(former, now) ? former : now;
  }

  private eventsAt(
    memory: GuestMemory,
    at: number,
    former: CgroupMemory["events"] | undefined,
  ): CgroupMemory["events"] {
    const { fields } = this;
    const event = (index: number): number => memory.u32(at + 4 * index);
    const now = {
      low: event(fields.eventLow),
      high: event(fields.eventHigh),
      max: event(fields.eventMax),
      oom: event(fields.eventOom),
      oom_kill: event(fields.eventOomKill),
      oom_group_kill: event(fields.eventOomGroupKill),
    };
    return former && sameFlat(former, now) ? former : now;
  }
}
