/** The letter that /proc/PID/stat shows (__task_state_index and task_index_to_char in include/linux/sched.h). */
import type { TaskState } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf } from "./fields.ts";

const LETTERS: readonly TaskState[] = ["R", "S", "D", "T", "t", "X", "Z", "P", "I"];

export class TaskStateDecoder {
  private readonly constants;

  constructor(layout: KernelLayout) {
    this.constants = fieldsOf(layout, {
      report: "TASK_REPORT",
      idle: "TASK_IDLE",
      rtlockWait: "TASK_RTLOCK_WAIT",
      frozen: "TASK_FROZEN",
      uninterruptible: "TASK_UNINTERRUPTIBLE",
    });
  }

  letter(state: number, exitState: number): TaskState {
    const { report, idle, rtlockWait, frozen, uninterruptible } = this.constants;
    let reported = (state | exitState) & report;
    if ((state & idle) === idle) reported = report + 1;
    if (state & (rtlockWait | frozen)) reported = uninterruptible;
    return LETTERS[32 - Math.clz32(reported)] ?? "R";
  }
}
