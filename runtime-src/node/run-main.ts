/**
 * Starts a command: `main(argv)` gets the words after the program's name and returns an exit code or a promise of one;
 * when it is there, the process exits with it. An error that nobody caught is one line on stderr, and exit 125.
 * The resident starts each request with `runCommand` again, in a forked child.
 */
import engine from "native:engine";
import calls from "native:fs";
import { installCoreGlobals } from "./core-globals.ts";
import { onLoopEmpty } from "./next-tick.ts";
import { process } from "./process-object.ts";

export type Main = (argv: string[]) => number | Promise<number>;

const INTERNAL_ERROR = 125;

let current: Main | null = null;

/** The words that were typed, without the program's name. */
function commandWords(): string[] {
  return process.argv.slice(1);
}

function fail(error: unknown): never {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const trace = error instanceof Error && process.env.BOX_DEBUG ? `${error.stack ?? ""}` : "";
  calls.writeAll(2, `${process.argv0.replace(/^.*\//, "")}: ${text}\n${trace}`);
  return process.exit(INTERNAL_ERROR);
}

/** Runs `main` on the arguments that this process has now. */
export function runCommand(main: Main = current as Main): void {
  current = main;
  onLoopEmpty(() => fail(new Error("nothing left to wait for")));
  try {
    const result = main(commandWords());
    if (typeof result === "number") process.exit(result);
    else result.then((code) => process.exit(code), fail);
  } catch (error) {
    fail(error);
  }
}

export function runMain(main: Main): void {
  installCoreGlobals();
  engine.setFatal((error) => {
    if (process.listenerCount("uncaughtException") === 0) return fail(error);
    process.emit("uncaughtException", error, "uncaughtException");
    return true;
  });
  runCommand(main);
}
