/** Why a container could not be made or started: the reason as docker's client says it, and its exit code. */
import { NameTaken } from "../container/create-steps.ts";
import { ProgramError } from "../container/program.ts";
import { StepError } from "../container/steps.ts";

/** docker's code for everything that goes wrong before the container's own program runs. */
export const CANNOT_RUN = 125;

export interface StartFailure {
  readonly message: string;
  readonly exitCode: number;
}

export function failureText(error: Error): StartFailure {
  const cause = error instanceof StepError ? (error.cause as Error) : error;
  if (cause instanceof NameTaken) return { message: cause.message, exitCode: CANNOT_RUN };
  if (cause instanceof ProgramError) {
    return { message: error.message.replace(/^execve: /, ""), exitCode: cause.exitCode };
  }
  return { message: error.message, exitCode: CANNOT_RUN };
}
