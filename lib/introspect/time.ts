/**
 * The guest's CLOCK_BOOTTIME as of its last timekeeping update (CLOCK_MONOTONIC_COARSE plus offs_boot, see
 * ktime_get_coarse_boottime in kernel/time/timekeeping.c). Every tick and every wake from idle updates it, so it is at
 * most a tick behind what the guest has done; while the guest idles it stands still.
 */
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf, symbolOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";

export class TimeReader {
  private readonly timekeeper: number;
  private readonly fields;

  constructor(layout: KernelLayout, memory: GuestMemory) {
    this.fields = fieldsOf(layout, {
      timekeeper: "tk_core.timekeeper",
      base: "timekeeper.tkr_mono.base",
      nsec: "timekeeper.tkr_mono.xtime_nsec",
      shift: "timekeeper.tkr_mono.shift",
      offsBoot: "timekeeper.offs_boot",
    });
    this.timekeeper = memory.offsetOf(symbolOf(layout, "tk_core")) + this.fields.timekeeper;
  }

  boottimeNs(memory: GuestMemory): number {
    const { timekeeper, fields } = this;
    const shifted = memory.u64(timekeeper + fields.nsec);
    const nsec = Math.floor(shifted / 2 ** (memory.u32(timekeeper + fields.shift) & 31));
    return memory.u64(timekeeper + fields.base) + memory.u64(timekeeper + fields.offsBoot) + nsec;
  }
}
