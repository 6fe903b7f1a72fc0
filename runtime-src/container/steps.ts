/**
 * The executor of the runtime's ordered tables. A table is the code of an operation and its picture on the page's
 * timeline at once: each entry is one step with its syscall, and is reported when it has happened.
 *
 * When a step fails, the steps before it are undone in reverse order; a failure while undoing does not stop the undoing,
 * and the error then says both. A step that fails leaves nothing of its own: its `undo` is not called.
 */
import type { RuntimeStep } from "../../lib/protocol/runtime-step.ts";
import { plannedFault, strike } from "./fault-point.ts";

export interface Step<C> {
  readonly name: string;
  readonly part: RuntimeStep["part"];
  /** The man-page name of the call that does it. */
  readonly syscall: string;
  /** Without a parameter they are the same for every container, and made into text only once. */
  readonly args: (context: C) => readonly string[];
  /** `sourceHere()` */
  readonly source: string;
  /** Left out where it does not hold; it then counts neither in `index` nor in `total`. */
  readonly when?: (context: C) => boolean;
  readonly run: (context: C) => void;
  readonly undo?: (context: C) => void;
  /** Of its reports, see step-port.ts. */
  fixedText?: string;
}

/** An argument as a reader would write it, and short enough for a line of a report. */
export const clip = (text: string): string => (text.length > 400 ? `${text.slice(0, 400)}…` : text);

export interface StepOutcome {
  /** 1-based. */
  readonly index: number;
  readonly total: number;
  readonly phase: RuntimeStep["phase"];
  readonly error: string | null;
}

export interface Reporter {
  readonly report: <C>(step: Step<C>, context: C, outcome: StepOutcome) => void;
  /** Reports may be kept back for a moment; now they are to go out. */
  readonly flush: () => void;
}

export class StepError extends Error {
  readonly step: string;
  readonly undoErrors: readonly Error[];

  constructor(step: string, cause: Error, undoErrors: readonly Error[]) {
    const also = undoErrors.map((error) => `; undoing it failed too: ${error.message}`).join("");
    super(`${step}: ${cause.message}${also}`, { cause });
    this.step = step;
    this.undoErrors = undoErrors;
  }
}

export const errorCode = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? (error as Error).message;

export interface DoneSteps {
  /** Undoes everything in reverse; what failed is returned. */
  readonly undo: () => Error[];
}

export function runSteps<C>(table: readonly Step<C>[], context: C, reporter: Reporter): DoneSteps {
  const steps: Step<C>[] = [];
  let total = 0;
  // In QuickJS filter() and push() cost ten times as much.
  for (const step of table) if (step.when?.(context) ?? true) steps[total++] = step;
  const fault = plannedFault();
  const entry = (index: number, phase: RuntimeStep["phase"], error: string | null): void => {
    const step = steps[index];
    if (step) reporter.report(step, context, { index: index + 1, total, phase, error });
  };
  const undoFrom = (last: number): Error[] => {
    const failed: Error[] = [];
    for (let i = last; i >= 0; i--) {
      const undo = steps[i]?.undo;
      if (!undo) continue;
      try {
        undo(context);
        entry(i, "undone", null);
      } catch (error) {
        failed.push(error as Error);
        entry(i, "failed", errorCode(error));
      }
    }
    reporter.flush();
    return failed;
  };
  for (let i = 0; i < total; i++) {
    const step = steps[i];
    if (!step) continue;
    try {
      if (fault !== null) strike(fault, step.name, "before");
      step.run(context);
    } catch (error) {
      entry(i, "failed", errorCode(error));
      throw new StepError(step.name, error as Error, undoFrom(i - 1));
    }
    entry(i, "done", null);
    if (fault !== null) strike(fault, step.name, "after");
  }
  reporter.flush();
  return { undo: () => undoFrom(total - 1) };
}
