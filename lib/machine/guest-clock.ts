/**
 * The guest's CLOCK_BOOTTIME at any moment, also in the middle of a slice: what prints cannot be inside
 * timekeeping_update() at the same time (kernel/time/timekeeping.c holds a raw spin lock with interrupts off there).
 */
import { GuestMemory } from "../introspect/guest-memory.ts";
import { TimeReader } from "../introspect/time.ts";
import type { KernelLayout } from "../protocol/layout.ts";

/** Returns a reader of guest RAM that gives ns. Throws where the layout lacks a name. */
export function createGuestClock(layout: KernelLayout): (ram: Uint8Array) => number {
  const memory = new GuestMemory();
  const time = new TimeReader(layout, memory);
  return (ram) => {
    memory.attach(ram);
    return time.boottimeNs(memory);
  };
}
