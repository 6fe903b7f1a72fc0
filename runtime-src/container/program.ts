/**
 * execve(2) of the container's program, found in the container's PATH as execvp(3) does, and docker's words and exit
 * codes for what can go wrong: 127 not found, 126 found but not to be run, 125 anything before it.
 */
import { accessSync, constants, existsSync, statSync } from "node:fs";
import type { LinuxCalls } from "../linux/syscalls.ts";
import { isErrno } from "./host.ts";

export class ProgramError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number, cause: unknown) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}

const REASONS: Readonly<Record<string, readonly [words: string, exitCode: number]>> = {
  ENOENT: ["no such file or directory", 127],
  ENOTDIR: ["not a directory", 127],
  EACCES: ["permission denied", 126],
  EISDIR: ["is a directory", 126],
  ENOEXEC: ["exec format error", 126],
  ETXTBSY: ["text file busy", 126],
  E2BIG: ["argument list too long", 126],
  ELOOP: ["too many levels of symbolic links", 127],
  ENAMETOOLONG: ["file name too long", 127],
};

export function refusal(program: string, path: string, error: unknown): ProgramError {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const [words, exitCode] = REASONS[code] ?? [code || (error as Error).message, 126];
  const failed = exitCode === 127 ? `stat ${path}: ` : "";
  return new ProgramError(`exec: "${program}": ${failed}${words}`, exitCode, error);
}

export const environmentValue = (env: readonly string[], name: string): string | null =>
  env.findLast((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;

/** The path that execve(2) is to be asked for, as execvp(3) finds it; throws when there is none that can be run. */
export function findProgram(args: readonly string[], env: readonly string[]): string {
  const program = args[0] ?? "";
  if (program.includes("/")) {
    requireRunnable(program, program);
    return program;
  }
  let denied: unknown = null;
  for (const folder of program === "" ? [] : (environmentValue(env, "PATH") ?? "").split(":")) {
    const path = `${folder || "."}/${program}`;
    if (!existsSync(path)) continue;
    try {
      requireRunnable(program, path);
      return path;
    } catch (error) {
      denied = error;
    }
  }
  if (denied) throw denied;
  throw new ProgramError(`exec: "${program}": executable file not found in $PATH`, 127, null);
}

function requireRunnable(program: string, path: string): void {
  let isFile: boolean;
  try {
    isFile = statSync(path).isFile();
    accessSync(path, constants.X_OK);
  } catch (error) {
    throw refusal(program, path, error);
  }
  if (!isFile) throw new ProgramError(`exec: "${program}": is a directory`, 126, null);
}

/** Only returns by throwing a ProgramError. */
export function runProgram(linux: LinuxCalls, args: readonly string[], env: readonly string[]): never {
  const program = args[0] ?? "";
  if (program.includes("/")) {
    try {
      return linux.execve(program, args, env);
    } catch (error) {
      throw refusal(program, program, error);
    }
  }
  let denied: unknown = null;
  for (const folder of program === "" ? [] : (environmentValue(env, "PATH") ?? "").split(":")) {
    const path = `${folder || "."}/${program}`;
    // Asked first because an execve(2) that fails costs an Error.
    if (!existsSync(path)) continue;
    try {
      return linux.execve(path, args, env);
    } catch (error) {
      if (!isErrno(error, "EACCES")) throw refusal(program, path, error);
      denied = error;
    }
  }
  if (denied) throw refusal(program, program, denied);
  throw new ProgramError(`exec: "${program}": executable file not found in $PATH`, 127, null);
}
