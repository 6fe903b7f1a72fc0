import type { KernelEvent } from "../protocol/kernel-event.ts";
import type { KernelSnapshot } from "../protocol/kernel-snapshot.ts";
import type { TerminalId } from "../protocol/machine.ts";

/** What a step's check may look at: the kernel, never the keyboard. */
export interface LessonView {
  readonly snapshot: KernelSnapshot;
  /** The kernel as it was when the step began. */
  readonly baseline: KernelSnapshot;
  /** What has happened since the step began, oldest first. */
  readonly events: readonly KernelEvent[];
}

/** True once the kernel is, or did, what the step is about; by whatever command. */
export type Check = (view: LessonView) => boolean;

export interface LessonCommand {
  readonly terminal: TerminalId;
  /** One line as a visitor would type it, without the Enter. */
  readonly line: string;
}

export interface LessonStep {
  /** Names the step's section in the lesson's texts. */
  readonly id: string;
  /** What one click types. */
  readonly command: LessonCommand;
  readonly check: Check;
}

export interface Lesson {
  readonly slug: string;
  readonly minutes: number;
  readonly steps: readonly LessonStep[];
}

/** What tests hold a lesson against, by step id. Each line is typed and waited for. */
export interface LessonWays {
  /** Whole other ways through the lesson; each step's lines have to pass it. */
  readonly others: Readonly<Record<string, Readonly<Record<string, readonly LessonCommand[]>>>>;
  /** Near misses: tried at the step itself, none may pass it. */
  readonly wrong: Readonly<Record<string, readonly LessonCommand[]>>;
}
