/**
 * Corrupts a copy of a guest's RAM where introspection looks, takes snapshots of it, puts it right again.
 *
 * The words that a snapshot reads are found by watching one being taken. A round changes some of them: random bits and
 * words, values that pointers and counts break on, pointers exchanged or bent to other structures, whole stretches
 * filled. Introspection may leave things out; it may not throw, loop, or remember what was corrupt.
 */
import { GuestMemory, type Words } from "../../lib/introspect/guest-memory.ts";
import { createIntrospector } from "../../lib/introspect/snapshot.ts";
import { containersOf } from "../../lib/model/containers.ts";
import { diff } from "../../lib/model/diff.ts";
import { compareIsolation, hostNamespaces, isolationMatrix } from "../../lib/model/isolation.ts";
import { ratesBetween } from "../../lib/model/rates.ts";
import { processTree, visibleNodes } from "../../lib/model/tree.ts";
import type { KernelSnapshot } from "../../lib/protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../../lib/protocol/layout.ts";

/** Counts reads, those outside RAM apart: they must give 0. */
class CountingMemory extends GuestMemory {
  reads = 0;
  outside = 0;
  ramBytes = 0;

  protected see(at: number, value: number): number {
    this.reads++;
    if (at >= 0 && at < this.ramBytes) return value;
    if (value !== 0) throw new RangeError(`read ${value} at ${at}, outside of RAM`);
    this.outside++;
    return value;
  }
  override pointer(at: number): number {
    return this.see(at, super.pointer(at));
  }
  override bytePointer(at: number): number {
    return this.see(at, super.bytePointer(at));
  }
  override untaggedPointer(at: number, tag: number): number {
    return this.see(at, super.untaggedPointer(at, tag));
  }
  override i32(at: number): number {
    return this.see(at, super.i32(at));
  }
  override u32(at: number): number {
    return this.see(at, super.u32(at));
  }
  override u16(at: number): number {
    return this.see(at, super.u16(at));
  }
  override u8(at: number): number {
    return this.see(at, super.u8(at));
  }
  override u64(at: number): number {
    return this.see(at, super.u64(at));
  }
  override text(at: number, maxBytes: number): string {
    const text = super.text(at, maxBytes);
    this.reads += text.length;
    return text;
  }
  override holds(pairs: Words): boolean {
    this.reads += pairs.length / 2;
    return super.holds(pairs);
  }
}

/** Remembers which words are read; a class of its own, as what it costs would be paid in each round. */
class WatchedMemory extends CountingMemory {
  readonly places = new Set<number>();

  protected override see(at: number, value: number): number {
    this.places.add(at >> 2);
    return super.see(at, value);
  }
  override text(at: number, maxBytes: number): string {
    this.places.add(at >> 2);
    return super.text(at, maxBytes);
  }
}

export interface FuzzResult {
  readonly rounds: number;
  /** Distinct words that a snapshot reads. */
  readonly words: number;
  readonly readsOfAnIntactSnapshot: number;
  /** Of one round: the bound of its time, as no read costs more than another. */
  readonly mostReads: number;
  /** Reads outside RAM, all of which gave 0. */
  readonly outside: number;
  /** Rounds in which something was left out. */
  readonly roundsWithDrops: number;
}

/** Small, fast, repeatable (mulberry32). */
export function randomSource(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const BREAKING = [
  0,
  1,
  3,
  -1,
  0x7fffffff,
  -0x80000000,
  0x80,
  0x41414141,
  0xc0000000 | 0,
  0xcffffffc | 0,
  0xd0000000 | 0,
];
const RESTORED_CHECK_EVERY = 500;
const MODELS_EVERY = 4;
const LOWMEM = 0xc0000000;

/** Throws with the seed and round of the first thing that must not be. `ram` is changed and restored. */
export function fuzzIntrospection(layout: KernelLayout, ram: Uint8Array, rounds: number, seed: number): FuzzResult {
  const memory = new CountingMemory();
  memory.ramBytes = ram.length;
  const introspector = createIntrospector(layout, memory);
  const words = new Int32Array(ram.buffer, ram.byteOffset, ram.length >> 2);
  const random = randomSource(seed);
  const intact = introspector.snapshot(ram);
  if (intact.dropped > 0) throw new Error(`the intact memory is not: ${intact.dropped} dropped`);
  const readsOfAnIntactSnapshot = memory.reads;
  const targets = targetsOf(layout, ram, words);
  const pristine = fingerprint(intact);
  let [mostReads, roundsWithDrops] = [0, 0];
  let previous = intact;

  for (let round = 0; round < rounds; round++) {
    const undo = corrupt(words, targets, random);
    memory.reads = 0;
    try {
      introspector.changed(ram);
      const snapshot = introspector.snapshot(ram);
      if (round % MODELS_EVERY === 0) feedModels(previous, snapshot);
      mostReads = Math.max(mostReads, memory.reads);
      if (snapshot.dropped > 0) roundsWithDrops++;
      previous = snapshot;
    } catch (cause) {
      throw new Error(`seed ${seed}, round ${round}: ${cause}`, { cause });
    }
    for (let index = undo.length - 2; index >= 0; index -= 2) words[undo[index] ?? 0] = undo[index + 1] ?? 0;
    if (round % RESTORED_CHECK_EVERY !== 0) continue;
    const restored = fingerprint(introspector.snapshot(ram));
    if (restored !== pristine)
      throw new Error(
        `seed ${seed}, round ${round}: remembered after the memory is intact again: ${unlike(pristine, restored)}`,
      );
  }
  const { outside } = memory;
  return { rounds, words: targets.all.length, readsOfAnIntactSnapshot, mostReads, outside, roundsWithDrops };
}

/** Indices of words. */
interface Targets {
  /** All that the first snapshot of a memory, the next one and the probe read. */
  readonly all: readonly number[];
  /** Those of them that point into RAM. */
  readonly pointers: readonly number[];
}

function targetsOf(layout: KernelLayout, ram: Uint8Array, words: Int32Array): Targets {
  const memory = new WatchedMemory();
  memory.ramBytes = ram.length;
  const introspector = createIntrospector(layout, memory);
  introspector.snapshot(ram);
  introspector.changed(ram);
  introspector.snapshot(ram);
  const all = [...memory.places].filter((index) => index >= 0 && index < words.length);
  const pointers = all.filter((index) => {
    const target = ((words[index] ?? 0) >>> 0) - LOWMEM;
    return target > 0 && target < ram.length;
  });
  return { all, pointers };
}

/** Changes one to eight places; returns pairs of index and former value. */
function corrupt(words: Int32Array, { all, pointers }: Targets, random: (below: number) => number): number[] {
  const undo: number[] = [];
  const put = (index: number, value: number): void => {
    undo.push(index, words[index] ?? 0);
    words[index] = value;
  };
  // Every other time a pointer: there are fewer of them, and they break more.
  const place = (): number => {
    const places = random(2) === 0 ? pointers : all;
    return places[random(places.length)] ?? 0;
  };
  for (let left = 1 + random(8); left > 0; left--) {
    const index = place();
    const value = words[index] ?? 0;
    switch (random(9)) {
      case 0:
        put(index, value ^ (1 << random(32)));
        break;
      case 1:
        put(index, random(2 ** 32) | 0);
        break;
      case 2:
        put(index, BREAKING[random(BREAKING.length)] ?? 0);
        break;
      case 3: // a pointer to another place that is read, or near one
        put(index, (LOWMEM + place() * 4 + 4 * (random(64) - 32)) | 0);
        break;
      case 4: // what another place holds
        put(index, words[place()] ?? 0);
        break;
      case 5: // a ring of one
        put(index, (LOWMEM + index * 4) | 0);
        break;
      case 6: // somewhere in RAM
        put(index, (LOWMEM + random(words.length) * 4) | 0);
        break;
      case 7: // counts and flags that are a little off
        put(index, value + random(5) - 2);
        break;
      default: // a stretch overwritten, as by a freed and reused structure
        fill(put, index, random);
    }
  }
  return undo;
}

function fill(put: (index: number, value: number) => void, index: number, random: (below: number) => number): void {
  const value = random(2) === 0 ? 0 : random(2 ** 32) | 0;
  for (let offset = 0; offset < 32; offset++) put(index + offset, value);
}

/** Whatever the panels do with a snapshot. */
function feedModels(previous: KernelSnapshot, snapshot: KernelSnapshot): void {
  diff(previous, snapshot);
  ratesBetween(previous, snapshot);
  visibleNodes(processTree(snapshot.tasks));
  containersOf(snapshot);
  const [first, last] = [snapshot.tasks[0], snapshot.tasks.at(-1)];
  if (first && last) {
    compareIsolation(first.namespaces, last.namespaces);
    isolationMatrix([{ key: "last", namespaces: last.namespaces }], hostNamespaces(snapshot));
  }
}

/** The two texts around their first difference. */
function unlike(before: string, after: string): string {
  let at = 0;
  while (before[at] === after[at]) at++;
  return [before, after].map((text) => text.slice(Math.max(0, at - 200), at + 200)).join("\n  became ");
}

/** Whatever the order of an object's keys. */
function fingerprint(snapshot: KernelSnapshot): string {
  const ordered = (_: string, value: unknown): unknown =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return JSON.stringify({ ...snapshot, sequence: 0 }, ordered);
}
