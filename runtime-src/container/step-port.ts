/**
 * Where steps go: one JSON line a step to hvc3 (lib/protocol/runtime-step.ts). Nobody listening, no such port, a full
 * port: the container does not care, so every failure here is silent.
 *
 * A container is made in some forty steps, and writing each by itself would cost a quarter of the whole. So what a step
 * always says is made into text once, and lines are kept (linux.keepText) and written together when the first of them is
 * FLUSH_MS old, before the process waits or becomes another program, and at the end of a table. Each line carries its own
 * time.
 */
import { RUNTIME_STEP_VERSION } from "../../lib/protocol/runtime-step.ts";
import { O_CLOEXEC, O_NOCTTY, O_NONBLOCK, O_WRONLY } from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";
import type { Reporter, Step, StepOutcome } from "./steps.ts";

const FLUSH_MS = 25;

let port: number | null = null;
let isPending = false;
let pendingSinceMs = 0;

/** Opened once a process, and in the resident for all its workers. -1 where there is no port. */
export function openStepPort(linux: LinuxCalls, path: string): number {
  if (port !== null) return port;
  try {
    port = linux.open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  } catch {
    port = -1;
  }
  return port;
}

/** Hears each step as it happens, in every process of the command (--explain). */
export type Narrator = <C>(operation: string, step: Step<C>, context: C, outcome: StepOutcome) => void;

let narrator: Narrator | null = null;
let narratorFd = -1;

/** `fd` is where it speaks. */
export function narrateSteps(fd: number, hears: Narrator): void {
  narratorFd = fd;
  narrator = hears;
}

/** What must stay open for steps to be reported. */
export const stepPortFds = (): number[] => [port ?? -1, narratorFd].filter((fd) => fd >= 0);

// biome-ignore lint/suspicious/noExplicitAny: steps of every table
type AnyStep = Step<any>;

/** What every report of the step says; the resident asks once, before it forks. */
export function fixedText(step: AnyStep): string {
  if (step.fixedText === undefined) {
    const { name, part, syscall, source, args } = step;
    step.fixedText = `,${JSON.stringify({ step: name, part, syscall, source }).slice(1, -1)}`;
    if (args.length === 0) step.fixedText += `,"args":${JSON.stringify(args(null))}`;
  }
  return step.fixedText;
}

const DONE = ',"phase":"done","error":null,"atMs":';

const endText = (phase: string, error: string | null): string =>
  `,"phase":"${phase}","error":${JSON.stringify(error)},"atMs":`;

/** What the parent had not written yet is its own to write. */
export function forgetPendingSteps(linux: LinuxCalls): void {
  isPending = false;
  linux.forgetKept();
}

const SILENT: Reporter = { report: () => {}, flush: () => {} };

export function stepReporter(
  linux: LinuxCalls,
  fd: number,
  { id, name }: { readonly id: string; readonly name: string },
  operation: string,
): Reporter {
  if (fd < 0)
    return narrator === null ? SILENT : { report: (...told) => narrator?.(operation, ...told), flush: () => {} };
  const head = `{"v":${RUNTIME_STEP_VERSION},"id":"${id}","name":${JSON.stringify(name)},"operation":"${operation}","index":`;
  const flush = () => {
    if (!isPending) return;
    isPending = false;
    try {
      linux.writeKept(fd);
    } catch {
      // a reader that is not there must not stop a container
    }
  };
  return {
    flush,
    report(step, context, { index, total, phase, error }) {
      const atMs = linux.bootTimeMs();
      narrator?.(operation, step, context, { index, total, phase, error });
      if (!isPending) pendingSinceMs = atMs;
      isPending = true;
      linux.keepText(head, index, ',"total":', total, fixedText(step));
      if (step.args.length > 0) linux.keepText(',"args":', step.args(context));
      // Whole numbers, since printing a double costs thirty times as much: milliseconds, then three digits.
      const whole = atMs | 0;
      const fraction = ((atMs - whole) * 1000) | 0;
      const point = fraction < 10 ? ".00" : fraction < 100 ? ".0" : ".";
      linux.keepText(phase === "done" ? DONE : endText(phase, error), whole, point, fraction, "}\n");
      if (atMs - pendingSinceMs > FLUSH_MS) flush();
    },
  };
}
