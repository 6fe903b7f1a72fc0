/**
 * The clock that v86 takes all of the guest's time from: TSC, PIT, RTC. It is the host's, but within one slice of emulation it
 * goes on by at most MOST_IN_A_SLICE_MS; what the host has taken of the core beyond that, the guest's clock jumps between two slices.
 *
 * So whatever lasts longer than that by the guest's own clock lasts over an end of a slice, where introspection looks: no
 * process can live for 5 ms unseen, however busy the host is. Without it, a host that takes the core away in the middle of a
 * slice lets a process live for long and do little, and be gone before the slice ends.
 */
export interface SliceClock {
  beginSlice(): void;
  /** Between slices it is the host's. */
  endSlice(): void;
  /** Monotonic milliseconds, as v86's own `microtick`. */
  readonly now: () => number;
}

/** Above v86's own TIME_PER_FRAME of 1 ms, by which it ends a slice; below the 5 ms that a life must be seen from. */
const MOST_IN_A_SLICE_MS = 4;

export function createSliceClock(hostNow: () => number): SliceClock {
  let endMs = Number.POSITIVE_INFINITY;
  let begins = false;
  return {
    beginSlice() {
      begins = true;
    },
    endSlice() {
      endMs = Number.POSITIVE_INFINITY;
    },
    now() {
      const nowMs = hostNow();
      // v86 ends the slice by the time since it looked first: counted from any earlier, that might stand still for ever.
      if (begins) endMs = nowMs + MOST_IN_A_SLICE_MS;
      begins = false;
      return Math.min(nowMs, endMs);
    },
  };
}
