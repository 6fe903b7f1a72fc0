/**
 * User and system time as /proc and cpu.stat print them: the precise run time, split in the ratio that the ticks saw,
 * never going back behind what was printed before (cputime_adjust in kernel/sched/cputime.c; the kernel writes its
 * result into prev_cputime, we only read it).
 */
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";

/** ns; a plain mutable record, so that one can be used again and again. */
export interface Cputime {
  utimeNs: number;
  stimeNs: number;
  runtimeNs: number;
}

export const noCputime = (): Cputime => ({ utimeNs: 0, stimeNs: 0, runtimeNs: 0 });

export class CputimeReader {
  private readonly fields;

  constructor(layout: KernelLayout) {
    this.fields = fieldsOf(layout, {
      utime: "task_cputime.utime",
      stime: "task_cputime.stime",
      runtime: "task_cputime.sum_exec_runtime",
      prevUtime: "prev_cputime.utime",
      prevStime: "prev_cputime.stime",
    });
  }

  /** Adds `sign` times the struct task_cputime at `at`. */
  add(memory: GuestMemory, at: number, into: Cputime, sign: 1 | -1): void {
    const { fields } = this;
    into.utimeNs += sign * memory.u64(at + fields.utime);
    into.stimeNs += sign * memory.u64(at + fields.stime);
    into.runtimeNs += sign * memory.u64(at + fields.runtime);
  }

  /** Replaces the tick times in `times` by the adjusted ones; `prev` is the place of the struct prev_cputime. */
  adjust(memory: GuestMemory, times: Cputime, prev: number): void {
    const prevUtime = memory.u64(prev + this.fields.prevUtime);
    const prevStime = memory.u64(prev + this.fields.prevStime);
    const runtime = times.runtimeNs;
    if (prevStime + prevUtime >= runtime) {
      times.utimeNs = prevUtime;
      times.stimeNs = prevStime;
      return;
    }
    times.stimeNs = Math.max(prevStime, systemShare(times));
    times.utimeNs = runtime - times.stimeNs;
    if (times.utimeNs < prevUtime) {
      times.utimeNs = prevUtime;
      times.stimeNs = runtime - prevUtime;
    }
  }
}

function systemShare({ utimeNs, stimeNs, runtimeNs }: Cputime): number {
  if (stimeNs === 0) return 0;
  if (utimeNs === 0) return runtimeNs;
  return Math.min(runtimeNs, Math.floor((stimeNs * runtimeNs) / (stimeNs + utimeNs)));
}
