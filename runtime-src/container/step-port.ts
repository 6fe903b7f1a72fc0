/**
 * Where steps go: one JSON line a step to hvc3 (lib/protocol/runtime-step.ts). Nobody listening, no such port, a full
 * port: the container does not care, so every failure here is silent.
 *
 * A container is made in some forty steps, and writing each by itself would cost a quarter of the whole. So what a step
 * always says is made into text once, and lines are written together when the first of them is FLUSH_MS old, before the
 * process waits or becomes another program, and at the end of a table. Each line carries its own time.
 */
import { RUNTIME_STEP_VERSION } from "../../lib/protocol/runtime-step.ts";
import { O_CLOEXEC, O_NOCTTY, O_NONBLOCK, O_WRONLY } from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";
import type { Reporter, Step, StepOutcome } from "./steps.ts";

const FLUSH_MS = 25;

let port: number | null = null;
let pending = "";
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

const fixedTexts = new Map<AnyStep, string>();

/** What every report of the step says; the resident asks once, before it forks. */
export function fixedText(step: AnyStep): string {
  let text = fixedTexts.get(step);
  if (text === undefined) {
    const { name, part, syscall, source, args } = step;
    text = JSON.stringify({ step: name, part, syscall, source }).slice(1, -1);
    if (args.length === 0) text += `,"args":${JSON.stringify(args(null))}`;
    fixedTexts.set(step, text);
  }
  return text;
}

/** Milliseconds with three digits: a third of the cost of printing a double. */
function timeText(ms: number): string {
  const whole = Math.floor(ms);
  const fraction = Math.floor((ms - whole) * 1000);
  return `${whole}.${fraction < 10 ? "00" : fraction < 100 ? "0" : ""}${fraction}`;
}

/** What the parent had not written yet is its own to write. */
export function forgetPendingSteps(): void {
  pending = "";
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
    if (pending === "") return;
    const text = pending;
    pending = "";
    try {
      linux.write(fd, text);
    } catch {
      // a reader that is not there must not stop a container
    }
  };
  return {
    flush,
    report(step, context, { index, total, phase, error }) {
      const atMs = linux.bootTimeMs();
      narrator?.(operation, step, context, { index, total, phase, error });
      if (pending === "") pendingSinceMs = atMs;
      const args = step.args.length === 0 ? "" : `,"args":${JSON.stringify(step.args(context))}`;
      const failure = error === null ? "null" : JSON.stringify(error);
      pending += `${head}${index},"total":${total},${fixedText(step)}${args},"phase":"${phase}","error":${failure},"atMs":${timeText(atMs)}}\n`;
      if (atMs - pendingSinceMs > FLUSH_MS) flush();
    },
  };
}
