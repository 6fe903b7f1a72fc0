/**
 * Where steps go: one JSON line a step to hvc3 (lib/protocol/runtime-step.ts). Nobody listening, no such port, a full
 * port: the container does not care, so every failure here is silent.
 */
import { RUNTIME_STEP_VERSION, type RuntimeStep } from "../../lib/protocol/runtime-step.ts";
import { O_CLOEXEC, O_NOCTTY, O_NONBLOCK, O_WRONLY } from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";
import type { Report } from "./steps.ts";

let port: number | null = null;

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

export function stepReporter(
  linux: LinuxCalls,
  port: number,
  container: { readonly id: string; readonly name: string },
  operation: string,
): Report {
  if (port < 0) return () => {};
  return ({ step, args, index, total, phase, error }) => {
    const line: RuntimeStep = {
      v: RUNTIME_STEP_VERSION,
      id: container.id,
      name: container.name,
      operation,
      index,
      total,
      step: step.name,
      part: step.part,
      phase,
      syscall: step.syscall,
      args,
      error,
      source: step.source,
      atMs: linux.bootTimeMs(),
    };
    try {
      linux.write(port, `${JSON.stringify(line)}\n`);
    } catch {
      // a reader that is not there must not stop a container
    }
  };
}
