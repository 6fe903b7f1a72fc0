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
import type { Reporter, StepReport } from "./steps.ts";

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

const fixedTexts = new Map<StepReport["step"], string>();

/** What every report of the step says; the resident asks once, before it forks. */
export function fixedText(step: StepReport["step"]): string {
  let text = fixedTexts.get(step);
  if (text === undefined) {
    const { name, part, syscall, source } = step;
    text = JSON.stringify({ step: name, part, syscall, source }).slice(1, -1);
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
  if (fd < 0) return SILENT;
  const head = `{"v":${RUNTIME_STEP_VERSION},"id":"${id}","name":${JSON.stringify(name)},"operation":"${operation}",`;
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
    report({ step, args, index, total, phase, error }) {
      const atMs = linux.bootTimeMs();
      if (pending === "") pendingSinceMs = atMs;
      const outcome = `"phase":"${phase}","error":${error === null ? "null" : JSON.stringify(error)}`;
      const place = `"index":${index},"total":${total}`;
      pending += `${head}${place},${fixedText(step)},${outcome},"args":${JSON.stringify(args)},"atMs":${timeText(atMs)}}\n`;
      if (atMs - pendingSinceMs > FLUSH_MS) flush();
    },
  };
}
