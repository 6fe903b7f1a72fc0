/**
 * The last minutes of a machine, bounded in number and in guest time, for scrubbing and for charts. A kept snapshot
 * shares with the one before all that did not change, so what it costs is what changed.
 */
import type { KernelEvent } from "../protocol/kernel-event.ts";
import type { KernelSnapshot } from "../protocol/kernel-snapshot.ts";
import { shareUnchanged } from "./share.ts";

export interface Moment {
  readonly snapshot: KernelSnapshot;
  /** What led from the moment before to this one. */
  readonly events: readonly KernelEvent[];
}

export interface HistoryLimits {
  readonly moments: number;
  readonly spanNs: number;
}

/** Ten snapshots a second for five minutes. */
export const DEFAULT_LIMITS: HistoryLimits = { moments: 3_000, spanNs: 300e9 };

const CUT_MOMENTS = 64;

export interface Point {
  readonly atNs: number;
  readonly value: number;
}

export class History {
  private readonly limits: HistoryLimits;
  private moments: Moment[] = [];
  /** Moments before this index are forgotten; they are let go of some at a time, as each cut copies the array. */
  private start = 0;

  constructor(limits: HistoryLimits = DEFAULT_LIMITS) {
    this.limits = limits;
  }

  /** A snapshot older than the last one (the machine was restored) starts the history anew. */
  push(snapshot: KernelSnapshot, events: readonly KernelEvent[]): void {
    const latest = this.latest;
    if (latest && snapshot.guestTimeNs < latest.snapshot.guestTimeNs) this.clear();
    const before = this.latest?.snapshot ?? null;
    this.moments.push({ snapshot: shareUnchanged(before, snapshot), events });
    const oldestNs = snapshot.guestTimeNs - this.limits.spanNs;
    while (this.length > this.limits.moments || (this.oldest?.snapshot.guestTimeNs ?? oldestNs) < oldestNs)
      this.start++;
    if (this.start >= CUT_MOMENTS) {
      this.moments = this.moments.slice(this.start);
      this.start = 0;
    }
  }

  clear(): void {
    this.moments = [];
    this.start = 0;
  }

  get length(): number {
    return this.moments.length - this.start;
  }

  get latest(): Moment | null {
    return this.length > 0 ? (this.moments.at(-1) ?? null) : null;
  }

  get oldest(): Moment | null {
    return this.length > 0 ? (this.moments[this.start] ?? null) : null;
  }

  /** The last moment at or before a guest time; the oldest one when the time lies before it. */
  at(guestTimeNs: number): Moment | null {
    let low = this.start;
    let high = this.moments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.moments[middle]?.snapshot.guestTimeNs ?? 0) <= guestTimeNs) low = middle;
      else high = middle - 1;
    }
    return this.moments[low] ?? null;
  }

  /** The moments after `fromNs` up to and including `toNs`, oldest first. */
  between(fromNs: number, toNs: number): readonly Moment[] {
    return this.moments
      .slice(this.start)
      .filter(({ snapshot: { guestTimeNs } }) => guestTimeNs > fromNs && guestTimeNs <= toNs);
  }

  /** One value a moment, oldest first; moments without the value (null) are left out. */
  series(pick: (snapshot: KernelSnapshot) => number | null, sinceNs = 0): Point[] {
    const points: Point[] = [];
    for (let index = this.start; index < this.moments.length; index++) {
      const snapshot = this.moments[index]?.snapshot;
      if (!snapshot || snapshot.guestTimeNs < sinceNs) continue;
      const value = pick(snapshot);
      if (value !== null) points.push({ atNs: snapshot.guestTimeNs, value });
    }
    return points;
  }

  /** All events kept, oldest first. */
  events(): KernelEvent[] {
    return this.moments.slice(this.start).flatMap((moment) => moment.events);
  }
}
