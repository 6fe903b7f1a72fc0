/**
 * The process object, an EventEmitter; signals named in `on` are taken by signalfd while a listener is there. Programs that
 * use its standard streams import process.ts, which brings them.
 */
import engine from "native:engine";
import eventCalls from "native:events";
import fs from "native:fs";
import loop from "native:loop";
import calls from "native:process";
import { EventEmitter } from "./events.ts";
import { nextTick } from "./next-tick.ts";
import { signalNumber, signals } from "./signals.ts";
import type { StandardInput } from "./standard-streams.ts";
import type { Writable } from "./stream.ts";

/** What API.md promises: the behaviour of this Node release, for what exists. */
export const NODE_VERSION = "v20.0.0";

const startedAtMs = loop.nowMs();

export interface StandardStreams {
  readonly input: () => StandardInput;
  readonly output: (fd: number) => Writable;
}

class Process extends EventEmitter {
  /** What the standard streams are made with; null in a program that has none (process.ts). */
  streams: StandardStreams | null = null;
  readonly title = "node";
  readonly platform = "linux";
  readonly arch = calls.arch;
  readonly version = NODE_VERSION;
  readonly versions = { node: NODE_VERSION.slice(1), quickjs: "2025.04.26" };
  readonly release = { name: "node" };
  readonly execArgv: string[] = [];
  readonly config = { variables: {} };
  readonly features = {};
  exitCode: number | undefined;
  argv: string[] = calls.argv();
  argv0 = this.argv[0] ?? "";
  #env: Record<string, string> | null = null;
  #stdin: StandardInput | null = null;
  #stdout: Writable | null = null;
  #stderr: Writable | null = null;
  #exiting = false;
  #signalWatches = new Map<string, number>();

  get env(): Record<string, string> {
    this.#env ??= calls.environ();
    return this.#env;
  }
  set env(value: Record<string, string>) {
    this.#env = value;
  }

  get execPath(): string {
    return calls.execPath();
  }
  get pid(): number {
    return calls.pid();
  }
  get ppid(): number {
    return calls.ppid();
  }
  get stdin(): StandardInput {
    this.#stdin ??= this.#madeWith().input();
    return this.#stdin;
  }
  get stdout(): Writable {
    this.#stdout ??= this.#madeWith().output(1);
    return this.#stdout;
  }
  get stderr(): Writable {
    this.#stderr ??= this.#madeWith().output(2);
    return this.#stderr;
  }

  #madeWith(): StandardStreams {
    if (!this.streams) throw new Error("this program has no standard streams; write to the descriptors");
    return this.streams;
  }

  cwd = (): string => calls.cwd();
  chdir = (path: string): void => calls.chdir(path);
  umask = (mask?: number | string): number => calls.umask(typeof mask === "string" ? Number.parseInt(mask, 8) : mask);
  uptime = (): number => (loop.nowMs() - startedAtMs) / 1000;
  nextTick = nextTick;
  getuid = (): number => calls.uid();
  geteuid = (): number => calls.euid();
  getgid = (): number => calls.gid();
  getegid = (): number => calls.egid();
  getgroups = (): number[] => calls.groups();
  abort = (): never => calls.abort();

  kill = (pid: number, signal?: string | number): true => {
    calls.kill(pid, signalNumber(signal));
    return true;
  };

  hrtime = Object.assign(
    (previous?: [number, number]): [number, number] => {
      const now = loop.nowNs() - (previous ? BigInt(previous[0]) * 1_000_000_000n + BigInt(previous[1]) : 0n);
      return [Number(now / 1_000_000_000n), Number(now % 1_000_000_000n)];
    },
    { bigint: (): bigint => loop.nowNs() },
  );

  memoryUsage = Object.assign(
    (): { rss: number; heapTotal: number; heapUsed: number; external: number; arrayBuffers: number } => {
      const [heapTotal, heapUsed] = engine.memoryUsage();
      return { rss: this.memoryUsage.rss(), heapTotal, heapUsed, external: 0, arrayBuffers: 0 };
    },
    {
      rss: (): number => {
        const pages = (fs.readFile("/proc/self/statm", true, 0) as string).split(" ")[1];
        return Number(pages) * 4096;
      },
    },
  );

  cpuUsage = (): { user: number; system: number } => {
    const [user, system] = calls.rusage();
    return { user, system };
  };

  emitWarning = (warning: string | Error): void => {
    const text = typeof warning === "string" ? `Warning: ${warning}` : String(warning);
    fs.writeAll(2, `(node:${this.pid}) ${text}\n`);
  };

  exit = (code?: number | string | null): never => {
    if (code !== undefined && code !== null) this.exitCode = Number(code);
    if (!this.#exiting) {
      this.#exiting = true;
      this.emit("exit", this.exitCode ?? 0);
    }
    return calls.exit(this.exitCode ?? 0);
  };

  reallyExit = (code?: number): never => calls.exit(code ?? 0);

  override on(name: string | symbol, listener: (...args: never[]) => void): this {
    super.on(name, listener);
    this.#watchSignal(name);
    return this;
  }

  override once(name: string | symbol, listener: (...args: never[]) => void): this {
    super.once(name, listener);
    this.#watchSignal(name);
    return this;
  }

  override off(name: string | symbol, listener: (...args: never[]) => void): this {
    super.off(name, listener);
    this.#unwatchSignal(name);
    return this;
  }

  override removeAllListeners(name?: string | symbol): this {
    super.removeAllListeners(name);
    for (const watched of [...this.#signalWatches.keys()]) this.#unwatchSignal(watched);
    return this;
  }

  #watchSignal(name: string | symbol): void {
    if (typeof name !== "string" || signals[name] === undefined || this.#signalWatches.has(name)) return;
    const number = signals[name];
    this.#signalWatches.set(
      name,
      eventCalls.watchSignal(number, () => this.emit(name, name, number)),
    );
  }

  #unwatchSignal(name: string | symbol): void {
    const id = typeof name === "string" ? this.#signalWatches.get(name) : undefined;
    if (id === undefined || this.listenerCount(name) > 0) return;
    eventCalls.unwatchSignal(id);
    this.#signalWatches.delete(name as string);
  }

  /** After a fork that became another command: everything that was read from the old process is read again. */
  restart(): void {
    super.removeAllListeners();
    this.#signalWatches.clear();
    this.argv = calls.argv();
    this.#env = null;
    this.#stdin = null;
    this.#stdout = null;
    this.#stderr = null;
    this.#exiting = false;
    this.exitCode = undefined;
  }
}

export const process = new Process();
