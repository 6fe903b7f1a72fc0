/** The last words of a command that failed, and its exit code, as docker's client has them. */
import { UsageError } from "./flags.ts";
import { CommandError, type Runtime } from "./runtime.ts";
import { WordCountError } from "./word-count.ts";

/** docker's code for flags that cannot be; and of run and create, whatever goes wrong. */
const CANNOT = 125;

const runsContainers = (verb: string): boolean => verb === "run" || verb === "create";

/** `verb` as it was called ("container stop"), `usage` as it is written ("stop [OPTIONS] CONTAINER"). */
export function reportFailure(
  runtime: Runtime,
  { verb, usage }: { readonly verb: string; readonly usage: string },
  error: unknown,
): number {
  const { program, err } = runtime;
  const { message } = error as Error;
  if (error instanceof UsageError) {
    const command = `${program} ${verb}`;
    const isCount = error instanceof WordCountError;
    const said = isCount ? `${program}: '${command}' ${message}` : message;
    const [own = ""] = /^[^A-Z[]*/.exec(usage) ?? [];
    const words = usage.slice(own.length);
    err(`${said}\n\nUsage:  ${command}${words === "" ? "" : ` ${words}`}\n\n`);
    const isLeast = isCount && !/ at most /.test(message) && / at least /.test(message);
    err(`${isLeast ? "See" : "Run"} '${command} --help' for more information\n`);
    return isCount ? 1 : CANNOT;
  }
  if (error instanceof CommandError) {
    err(`${runsContainers(verb) ? program : "Error"}: ${message}\n`);
    return error.exitCode;
  }
  err(`Error: ${message}\n`);
  if (process.env.BOX_DEBUG) err(`${(error as Error).stack}\n`);
  return runsContainers(verb) ? CANNOT : 1;
}
