/**
 * Words of guest RAM that nothing counts and that a person changes: limits, hostnames, device flags. Each snapshot notes where
 * they are and what they held; the probe looks whether one has changed since.
 *
 * While the guest computes, each probe looks at a part of them, as a probe may cost some microseconds only. As soon as the guest
 * idles, all of them are looked at once: what has been done is seen at once, and an idle guest costs nothing.
 */
import type { GuestMemory } from "./guest-memory.ts";

/** One probe's part while the guest computes: about a microsecond, as most lie in memory that no cache holds. */
const PART_WORDS = 64;
const MAX_WORDS = 16_384;

export class WatchedWords {
  private readonly places = new Int32Array(MAX_WORDS);
  private readonly values = new Int32Array(MAX_WORDS);
  private count = 0;
  private next = 0;

  /** Before a snapshot is read. */
  begin(): void {
    this.count = 0;
  }

  add(memory: GuestMemory, at: number): void {
    if (this.count >= MAX_WORDS) return;
    this.places[this.count] = at;
    this.values[this.count++] = memory.i32(at);
  }

  addAll(memory: GuestMemory, places: Int32Array): void {
    for (let index = 0; index < places.length; index++) this.add(memory, places[index] ?? 0);
  }

  /** How many there are; with `since`, what a reader has added meanwhile, to be added again without reading. */
  mark(): number {
    return this.count;
  }

  since(mark: number): Int32Array {
    return this.places.slice(mark, this.count);
  }

  addRange(memory: GuestMemory, at: number, bytes: number): void {
    for (let offset = 0; offset < bytes; offset += 4) this.add(memory, at + offset);
  }

  /** Whether one of the next part has changed. */
  partChanged(memory: GuestMemory): boolean {
    if (this.next >= this.count) this.next = 0;
    const end = Math.min(this.count, this.next + PART_WORDS);
    const changed = this.anyChanged(memory, this.next, end);
    this.next = end;
    return changed;
  }

  allChanged(memory: GuestMemory): boolean {
    return this.anyChanged(memory, 0, this.count);
  }

  private anyChanged(memory: GuestMemory, from: number, end: number): boolean {
    const { places, values } = this;
    for (let index = from; index < end; index++) if (memory.i32(places[index] ?? 0) !== values[index]) return true;
    return false;
  }
}
