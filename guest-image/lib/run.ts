/** Runs a host command for the build; on failure the error carries the command and the last lines it printed. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const TAIL_LINES = 40;

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  readonly onLine?: (line: string) => void;
}

/** Resolves to standard output; throws when the command is missing, is killed or exits non-zero. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    const output: string[] = [];
    const tail: string[] = [];
    const listen = (stream: NodeJS.ReadableStream, keep: boolean): void => {
      createInterface({ input: stream }).on("line", (line) => {
        if (keep) output.push(line);
        tail.push(line);
        if (tail.length > TAIL_LINES) tail.shift();
        options.onLine?.(line);
      });
    };
    listen(child.stdout, true);
    listen(child.stderr, false);
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
    child.on("error", (cause) => reject(new Error(`${command}: ${cause.message}`, { cause })));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output.join("\n"));
      else reject(new Error(`${command} ${args.join(" ")}: ${signal ?? `exit ${code}`}\n${tail.join("\n")}`));
    });
  });
}
