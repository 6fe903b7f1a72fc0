/**
 * node:child_process: spawn, exec, execFile and their synchronous forms. Programs start by vfork (engine/mod_spawn.c), ends
 * come by pidfd. stdio: "pipe", "inherit", "ignore", a descriptor or a stream with one. No fork(), no IPC (API.md).
 */
import eventCalls from "native:events";
import fdCalls from "native:fd";
import fs from "native:fs";
import loop from "native:loop";
import spawnCalls from "native:spawn";
import { spawnArguments } from "./child-process-arguments.ts";
import { callWithOutput, type ExecOptions, type OutputCallback } from "./child-process-output.ts";
import { execFileSync, execSync, spawnSync } from "./child-process-sync.ts";
import { EventEmitter } from "./events.ts";
import { FdReadable, FdWritable } from "./fd-stream.ts";
import { nextTick } from "./next-tick.ts";
import { process } from "./process-object.ts";
import { signalName, signalNumber } from "./signals.ts";

export { execFileSync, execSync, spawnSync };

type StdioEntry = "pipe" | "inherit" | "ignore" | "overlapped" | number | null | undefined | { fd: number };

export interface SpawnOptions {
  cwd?: string | URL;
  env?: Record<string, string | undefined>;
  argv0?: string;
  stdio?: StdioEntry | StdioEntry[];
  detached?: boolean;
  uid?: number;
  gid?: number;
  shell?: boolean | string;
  timeout?: number;
  killSignal?: string | number;
  signal?: { readonly aborted: boolean; addEventListener(name: "abort", listener: () => void): void };
}

interface Stdio {
  /** What the child gets, by number. */
  readonly fds: number[];
  /** Our ends, by number. */
  readonly ours: (FdReadable | FdWritable | null)[];
  /** The child's ends of pipes, closed here once it has started. */
  readonly theirs: number[];
}

export function stdioList(stdio: StdioEntry | StdioEntry[] | undefined): StdioEntry[] {
  if (Array.isArray(stdio)) return [stdio[0], stdio[1], stdio[2], ...stdio.slice(3)];
  return [stdio, stdio, stdio];
}

/** -1 is /dev/null, null a new pipe. */
function inheritedFd(entry: StdioEntry, index: number): number | null {
  if (entry === "ignore" || (entry === null && index > 2)) return -1;
  if (entry === "inherit") return index;
  if (typeof entry === "number") return entry;
  return typeof entry === "object" && entry !== null ? entry.fd : null;
}

function makeStdio(entries: StdioEntry[]): Stdio {
  const stdio: Stdio = { fds: [], ours: [], theirs: [] };
  entries.forEach((entry, index) => {
    const inherited = inheritedFd(entry, index);
    if (inherited !== null) {
      stdio.fds.push(inherited);
      stdio.ours.push(null);
      return;
    }
    const [read, write] = fdCalls.pipe();
    const childReads = index === 0;
    stdio.fds.push(childReads ? read : write);
    stdio.theirs.push(childReads ? read : write);
    stdio.ours.push(childReads ? new FdWritable(write) : new FdReadable(read));
  });
  return stdio;
}

export class ChildProcess extends EventEmitter {
  pid: number | undefined;
  exitCode: number | null = null;
  signalCode: string | null = null;
  killed = false;
  connected = false;
  readonly spawnfile: string;
  readonly spawnargs: string[];
  stdin: FdWritable | null = null;
  stdout: FdReadable | null = null;
  stderr: FdReadable | null = null;
  stdio: (FdReadable | FdWritable | null)[] = [];
  #openStreams = 0;
  #exited = false;
  #watch = 0;

  constructor(file: string, args: string[], options: SpawnOptions) {
    super();
    const { command, argv, envp, cwd } = spawnArguments(file, args, options);
    this.spawnfile = command;
    this.spawnargs = argv;
    const stdio = makeStdio(stdioList(options.stdio));
    try {
      this.pid = spawnCalls.spawn(
        command,
        argv,
        envp,
        cwd,
        stdio.fds,
        options.detached === true,
        options.uid ?? -1,
        options.gid ?? -1,
      );
    } catch (error) {
      this.#failed(error as Error, stdio);
      return;
    } finally {
      for (const fd of stdio.theirs) fs.close(fd);
    }
    this.#started(stdio);
    if (options.timeout) this.#limit(options.timeout, options.killSignal);
    options.signal?.addEventListener("abort", () => this.#abort(options.killSignal));
  }

  #failed(error: Error, stdio: Stdio): void {
    for (const stream of stdio.ours) stream?.destroy();
    Object.assign(error, { spawnargs: this.spawnargs.slice(1) });
    nextTick(() => {
      this.emit("error", error);
      this.emit("close", (error as Error & { errno?: number }).errno ?? -1, null);
    });
  }

  #started(stdio: Stdio): void {
    this.stdio = stdio.ours;
    this.stdin = stdio.ours[0] as FdWritable | null;
    this.stdout = stdio.ours[1] as FdReadable | null;
    this.stderr = stdio.ours[2] as FdReadable | null;
    // a child that does not read its input is no error of ours
    this.stdin?.on("error", (error: Error & { code?: string }) => {
      if (error.code !== "EPIPE") throw error;
    });
    for (const stream of stdio.ours) {
      if (!(stream instanceof FdReadable)) continue;
      this.#openStreams++;
      stream.once("close", () => {
        this.#openStreams--;
        this.#maybeClose();
      });
    }
    this.#watch = eventCalls.watchExit(this.pid as number, (exitCode, signal) => this.#onExit(exitCode, signal));
    nextTick(() => this.emit("spawn"));
  }

  #onExit(exitCode: number | null, signal: number | null): void {
    this.exitCode = exitCode;
    this.signalCode = signal === null ? null : signalName(signal);
    this.#exited = true;
    this.stdin?.destroy();
    this.emit("exit", this.exitCode, this.signalCode);
    // output that nobody listens to must not keep "close" back
    for (const stream of this.stdio) {
      if (stream instanceof FdReadable && stream.listenerCount("data") === 0 && stream.listenerCount("readable") === 0)
        stream.resume();
    }
    this.#maybeClose();
  }

  #maybeClose(): void {
    if (this.#exited && this.#openStreams === 0) this.emit("close", this.exitCode, this.signalCode);
  }

  #limit(timeoutMs: number, killSignal: string | number | undefined): void {
    const timer = setTimeout(() => this.kill(killSignal), timeoutMs);
    this.once("exit", () => clearTimeout(timer));
  }

  #abort(killSignal: string | number | undefined): void {
    if (!this.kill(killSignal)) return;
    const error = new Error("The operation was aborted");
    this.emit("error", Object.assign(error, { name: "AbortError", code: "ABORT_ERR" }));
  }

  kill(signal?: string | number): boolean {
    const number = signalNumber(signal);
    if (this.#exited || this.pid === undefined) return false;
    try {
      process.kill(this.pid, number);
    } catch (error) {
      if ((error as { code?: string }).code === "ESRCH") return false;
      throw error;
    }
    if (number !== 0) this.killed = true;
    return true;
  }

  /** Unref'ed it does not keep the loop alive, though its pipes may. */
  unref(): void {
    loop.refWatch(this.#watch, false);
  }

  ref(): void {
    loop.refWatch(this.#watch, true);
  }
}

export function spawn(file: string, args?: readonly string[] | SpawnOptions, options?: SpawnOptions): ChildProcess {
  const given = Array.isArray(args) ? options : (args as SpawnOptions | undefined);
  return new ChildProcess(file, Array.isArray(args) ? [...args] : [], given ?? {});
}

export function execFile(file: string, ...rest: unknown[]): ChildProcess {
  const args = Array.isArray(rest[0]) ? (rest.shift() as string[]) : [];
  const options = (typeof rest[0] === "object" && rest[0] !== null ? rest.shift() : {}) as ExecOptions;
  const done = rest.find((value) => typeof value === "function") as OutputCallback | undefined;
  const child = new ChildProcess(file, args, { ...options, stdio: "pipe" });
  callWithOutput(child, options, done, [file, ...args].join(" "));
  return child;
}

export function exec(command: string, ...rest: unknown[]): ChildProcess {
  const options = (typeof rest[0] === "object" && rest[0] !== null ? rest.shift() : {}) as ExecOptions;
  const done = rest.find((value) => typeof value === "function") as OutputCallback | undefined;
  const child = new ChildProcess(command, [], { ...options, stdio: "pipe", shell: options.shell ?? true });
  callWithOutput(child, options, done, command);
  return child;
}

export default { spawn, exec, execFile, spawnSync, execFileSync, execSync, ChildProcess };
