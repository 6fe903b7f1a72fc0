/** The last words of a command that failed, and its exit code, as docker's client has them. */
import { UsageError } from "./flags.ts";
import { CommandError, type Runtime } from "./runtime.ts";

/** docker's code for a bad command line of run and create; 1 for the other verbs. */
const RUN_USAGE = 125;

const runsContainers = (verb: string): boolean => verb === "run" || verb === "create";

export function reportFailure(runtime: Runtime, verb: string, error: unknown): number {
  const { program, err } = runtime;
  const { message } = error as Error;
  if (error instanceof UsageError) {
    err(`${program}: ${message}\n\nRun '${program} ${verb} --help' for more information\n`);
    return runsContainers(verb) && !message.includes("requires at least")
      ? RUN_USAGE
      : runsContainers(verb)
        ? 1
        : RUN_USAGE;
  }
  if (error instanceof CommandError) {
    err(`${runsContainers(verb) ? program : "Error"}: ${message}\n`);
    return error.exitCode;
  }
  err(`Error: ${message}\n`);
  if (process.env.BOX_DEBUG) err(`${(error as Error).stack}\n`);
  return runsContainers(verb) ? RUN_USAGE : 1;
}
