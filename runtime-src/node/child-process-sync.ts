/** spawnSync, execFileSync, execSync: the engine feeds, reads and waits (engine/mod_spawn.c `collect`). */
import fdCalls from "native:fd";
import fs from "native:fs";
import spawnCalls from "native:spawn";
import { asBuffer, Buffer } from "./buffer.ts";
import { spawnArguments } from "./child-process-arguments.ts";
import { signalName, signalNumber } from "./signals.ts";

type StdioEntry = "pipe" | "inherit" | "ignore" | number | null | undefined | { fd: number };

interface SyncOptions {
  cwd?: string | URL;
  env?: Record<string, string | undefined>;
  argv0?: string;
  input?: string | Uint8Array;
  stdio?: StdioEntry | StdioEntry[];
  shell?: boolean | string;
  uid?: number;
  gid?: number;
  timeout?: number;
  killSignal?: string | number;
  maxBuffer?: number;
  encoding?: string | null;
}

interface SyncResult {
  pid: number;
  output: (string | Buffer | null)[] | null;
  stdout: string | Buffer | null;
  stderr: string | Buffer | null;
  status: number | null;
  signal: string | null;
  error?: Error;
}

const DEFAULT_MAX_BYTES = 1024 * 1024;

interface Ends {
  readonly fds: number[];
  readonly theirs: number[];
  stdin: number;
  readonly outputs: [number, number];
}

function makeEnds(entries: StdioEntry[], hasInput: boolean): Ends {
  const ends: Ends = { fds: [], theirs: [], stdin: -1, outputs: [-1, -1] };
  entries.forEach((entry, index) => {
    if (entry === "ignore") ends.fds.push(-1);
    else if (entry === "inherit") ends.fds.push(index);
    else if (typeof entry === "number") ends.fds.push(entry);
    else if (typeof entry === "object" && entry !== null) ends.fds.push(entry.fd);
    else if (index === 0 && !hasInput) ends.fds.push(-1);
    else if (index > 2) ends.fds.push(-1);
    else {
      const [read, write] = fdCalls.pipe();
      ends.fds.push(index === 0 ? read : write);
      ends.theirs.push(index === 0 ? read : write);
      if (index === 0) ends.stdin = write;
      else ends.outputs[index - 1] = read;
    }
  });
  return ends;
}

function failed(error: Error): SyncResult {
  return { pid: 0, output: null, stdout: null, stderr: null, status: null, signal: null, error };
}

function limitError(code: string, file: string, args: readonly string[]): Error {
  const error = new Error(`spawnSync ${file} ${code}`);
  const errno = code === "ETIMEDOUT" ? -110 : -105;
  return Object.assign(error, { errno, code, syscall: `spawnSync ${file}`, path: file, spawnargs: args });
}

function asInput(input: string | Uint8Array | undefined): Uint8Array {
  if (input === undefined) return new Uint8Array(0);
  return typeof input === "string" ? Buffer.from(input) : input;
}

export function spawnSync(
  file: string,
  argsOrOptions?: readonly string[] | SyncOptions,
  options?: SyncOptions,
): SyncResult {
  const args = Array.isArray(argsOrOptions) ? (argsOrOptions as readonly string[]) : [];
  const given = options ?? (Array.isArray(argsOrOptions) ? {} : ((argsOrOptions ?? {}) as SyncOptions));
  const { command, argv, envp, cwd } = spawnArguments(file, args, given);
  const { stdio } = given;
  const entries = Array.isArray(stdio) ? [stdio[0], stdio[1], stdio[2], ...stdio.slice(3)] : [stdio, stdio, stdio];
  const ends = makeEnds(entries, given.input !== undefined);
  let pid: number;
  try {
    pid = spawnCalls.spawn(command, argv, envp, cwd, ends.fds, false, given.uid ?? -1, given.gid ?? -1);
  } catch (error) {
    for (const fd of [ends.stdin, ...ends.outputs].filter((end) => end >= 0)) fs.close(fd);
    const failure = error as Error & { syscall?: string };
    failure.message = failure.message.replace(/^spawn /, "spawnSync ");
    return failed(Object.assign(failure, { syscall: `spawnSync ${command}`, spawnargs: argv.slice(1) }));
  } finally {
    for (const fd of ends.theirs) fs.close(fd);
  }
  const [status, signal, stdout, stderr, timedOut, overflowed] = spawnCalls.collect(
    pid,
    ends.stdin,
    asInput(given.input),
    ends.outputs[0],
    ends.outputs[1],
    given.timeout ?? 0,
    signalNumber(given.killSignal),
    given.maxBuffer ?? DEFAULT_MAX_BYTES,
  );
  const text = (bytes: Uint8Array, piped: boolean): string | Buffer | null => {
    if (!piped) return null;
    const { encoding } = given;
    return encoding && encoding !== "buffer" ? asBuffer(bytes).toString(encoding) : asBuffer(bytes);
  };
  const out = text(stdout, ends.outputs[0] >= 0);
  const err = text(stderr, ends.outputs[1] >= 0);
  const result: SyncResult = {
    status,
    signal: signal === null ? null : signalName(signal),
    output: [null, out, err],
    pid,
    stdout: out,
    stderr: err,
  };
  if (timedOut) result.error = limitError("ETIMEDOUT", command, argv.slice(1));
  else if (overflowed) result.error = limitError("ENOBUFS", command, argv.slice(1));
  return result;
}

/** stderr goes to ours unless stdio says otherwise; a failure throws with status, stdout and stderr on it. */
function checked(result: SyncResult, command: string, showStderr: boolean): string | Buffer | null {
  if (showStderr && result.stderr && result.stderr.length > 0) fs.writeAll(2, result.stderr);
  if (result.error) throw Object.assign(result.error, result);
  if (result.status === 0) return result.stdout;
  let message = `Command failed: ${command}`;
  if (result.stderr && result.stderr.length > 0) message += `\n${String(result.stderr)}`;
  throw Object.assign(new Error(message), result);
}

export function execFileSync(
  file: string,
  argsOrOptions?: readonly string[] | SyncOptions,
  options?: SyncOptions,
): string | Buffer | null {
  const args = Array.isArray(argsOrOptions) ? (argsOrOptions as readonly string[]) : [];
  const given = options ?? (Array.isArray(argsOrOptions) ? {} : ((argsOrOptions ?? {}) as SyncOptions));
  return checked(spawnSync(file, args, given), [file, ...args].join(" "), given.stdio === undefined);
}

export function execSync(command: string, options: SyncOptions = {}): string | Buffer | null {
  const result = spawnSync(command, [], { ...options, shell: options.shell ?? true });
  return checked(result, command, options.stdio === undefined);
}
