/**
 * What runs in the new process: the steps, then the program. Whatever fails goes to the parent as one JSON line on the
 * sync socket; the socket closing after READY_MESSAGE (it is close-on-exec) says that the program runs.
 */
import { PR_SET_PDEATHSIG, SIGKILL } from "../linux/constants.ts";
import type { InitContext } from "./init-context.ts";
import { openInitProgram, runUnderInit } from "./init-program.ts";
import { initSteps } from "./init-steps.ts";
import { environmentValue, ProgramError, runProgram } from "./program.ts";
import { forgetPendingSteps, stepPortFds } from "./step-port.ts";
import { type Reporter, runSteps, StepError } from "./steps.ts";

/** docker's code for a container that could not be made. */
export const CANNOT_CREATE = 125;
export const USUAL_UMASK = 0o022;
/** What comes last before execve(2): a socket that closes without it says that this process died. */
export const READY_MESSAGE = "x";

export interface InitFailure {
  readonly message: string;
  readonly exitCode: number;
}

export function runInit(context: InitContext, reporter: Reporter): number {
  const { linux, spec, sync } = context;
  try {
    forgetPendingSteps(linux);
    // Folders of the host among them would be a way out: "-w /proc/self/fd/7" (CVE-2024-21626).
    linux.closeAllBut([sync, ...context.stdio, ...context.idmapTrees.values(), ...stepPortFds()]);
    const initProgram = spec.init ? openInitProgram(linux) : -1;
    linux.setsid();
    linux.umask(0);
    runSteps(initSteps, context, reporter);
    // Without its supervisor nobody would read its output or see its end. Set last: a change of user clears it.
    linux.prctl(PR_SET_PDEATHSIG, SIGKILL);
    linux.umask(spec.process.umask ?? USUAL_UMASK);
    linux.resetSignals();
    // Throws where nobody is there any more to keep what would run: EPIPE.
    linux.write(sync, READY_MESSAGE);
    const { env } = spec.process;
    const home = environmentValue(env, "HOME") === null ? [`HOME=${context.user?.home ?? "/"}`] : [];
    if (spec.init) return runUnderInit(linux, initProgram, spec.process.args, [...env, ...home]);
    return runProgram(linux, spec.process.args, [...env, ...home]);
  } catch (error) {
    linux.write(sync, JSON.stringify(failureOf(error as Error)));
    return CANNOT_CREATE;
  }
}

export function failureOf(error: Error): InitFailure {
  const exitCode = error instanceof ProgramError ? error.exitCode : CANNOT_CREATE;
  const message =
    error instanceof StepError && ["find-user", "set-user"].includes(error.step)
      ? (error.cause as Error).message
      : error.message;
  return { message, exitCode };
}
