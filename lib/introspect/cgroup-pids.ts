/** pids.current, pids.max and pids.events (struct pids_cgroup, kernel/cgroup/pids.c, mirrored in layout.c). */
import type { CgroupPids } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";
import type { WatchedWords } from "./watched-words.ts";

export class CgroupPidsReader {
  readonly controller: number;
  private readonly fields;
  private readonly words: WatchedWords;

  constructor(layout: KernelLayout, words: WatchedWords) {
    this.words = words;
    this.fields = fieldsOf(layout, {
      id: "pids_cgrp_id",
      counter: "pids_cgroup.counter",
      limit: "pids_cgroup.limit",
      watermark: "pids_cgroup.watermark",
      eventsLimit: "pids_cgroup.events_limit",
      maxPid: "PID_MAX_LIMIT",
    });
    this.controller = this.fields.id;
  }

  read(memory: GuestMemory, css: number, former: CgroupPids | null): CgroupPids {
    const { fields } = this;
    const current = memory.u64(css + fields.counter);
    const limit = memory.u64(css + fields.limit);
    // "max" is PIDS_MAX, one more than there can be PIDs.
    const max = limit > fields.maxPid ? "max" : limit;
    const events_max = memory.u64(css + fields.eventsLimit);
    const peak = memory.u64(css + fields.watermark);
    this.words.add(memory, css + fields.limit);
    this.words.add(memory, css + fields.eventsLimit);
    if (former?.current === current && former.max === max && former.events_max === events_max && former.peak === peak)
      return former;
    return { current, max, peak, events_max };
  }
}
