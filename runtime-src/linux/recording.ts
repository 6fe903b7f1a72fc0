/**
 * The double of LinuxCalls for unit tests under real Node: nothing reaches the kernel. It records each call with its
 * arguments, in order, answers with plausible values (fresh descriptors and pids), and can be told to fail or to answer
 * otherwise. `child` functions of clone3 and fork are not run, unless `runChildren` is set.
 *
 *   const { linux, calls, fail } = recordingLinux();
 *   fail("pivotRoot", "EINVAL");           // the next call of that name
 *   fail("mount", "EPERM", { nth: 3 });    // the third one from the start
 *   expect(calls.map((call) => call.name)).toEqual([...]);
 */
import type { LinuxCalls, WaitResult } from "./syscalls.ts";

export type CallName = keyof LinuxCalls;

export interface RecordedCall {
  readonly name: CallName;
  readonly args: readonly unknown[];
}

interface Failure {
  readonly code: string;
  /** 1-based count of calls of this name; null is the next one. */
  readonly nth: number | null;
}

export interface Recording {
  readonly linux: LinuxCalls;
  readonly calls: RecordedCall[];
  /** Names only, in order. */
  names(): CallName[];
  /** Calls of one name. */
  of(name: CallName): RecordedCall[];
  fail(name: CallName, code: string, options?: { readonly nth?: number }): void;
  /** Answers all later calls of that name. */
  answer<N extends CallName>(name: N, result: (...args: Parameters<LinuxCalls[N]>) => unknown): void;
  /** Calls back what was registered by onReadable, onWritable, onSignal or onExit for this descriptor, signal or pid. */
  fire(name: "onReadable" | "onWritable" | "onSignal" | "onExit", key: number, result?: Partial<WaitResult>): void;
}

export interface RecordingOptions {
  readonly runChildren?: boolean;
}

const FIRST_FD = 100;
const FIRST_PID = 1000;

const ERRNO: Readonly<Record<string, number>> = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EIO: 5,
  E2BIG: 7,
  ENOEXEC: 8,
  EBADF: 9,
  ECHILD: 10,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  EMFILE: 24,
  ENOSPC: 28,
  EROFS: 30,
  EPIPE: 32,
  ENOSYS: 38,
  ENOTEMPTY: 39,
};

/** An error shaped as the engine's. */
export function systemError(code: string, syscall: string, path?: string): Error {
  const message = `${code}: ${syscall}${path === undefined ? "" : ` '${path}'`}`;
  return Object.assign(new Error(message), {
    code,
    errno: -(ERRNO[code] ?? 0),
    syscall,
    ...(path === undefined ? {} : { path }),
  });
}

/** Calls that hand out a descriptor. */
const FD_CALLS: ReadonlySet<string> = new Set([
  "open",
  "openat2",
  "openTree",
  "dup",
  "pidfdOpen",
  "unixListen",
  "unixConnect",
  "unixAccept",
  "netlinkSocket",
  "udpSocket",
  "bpf",
]);

const WATCHES: ReadonlySet<string> = new Set(["onReadable", "onWritable", "onSignal", "onExit"]);

export function recordingLinux({ runChildren = false }: RecordingOptions = {}): Recording {
  const calls: RecordedCall[] = [];
  const failures = new Map<CallName, Failure[]>();
  const answers = new Map<CallName, (...args: never[]) => unknown>();
  const watches = new Map<string, Set<(result?: unknown) => void>>();
  let nextFd = FIRST_FD;
  let nextPid = FIRST_PID;
  let kept = "";

  const watch = (name: string, key: number, callback: (result?: unknown) => void): { dispose(): void } => {
    const set = watches.get(`${name} ${key}`) ?? new Set();
    watches.set(`${name} ${key}`, set.add(callback));
    return { dispose: () => void set.delete(callback) };
  };

  const fresh: Partial<Record<CallName, (args: readonly unknown[]) => unknown>> = {
    clone3: ([, child]) => {
      if (runChildren) (child as () => number)();
      return { pid: nextPid++, pidfd: nextFd++ };
    },
    fork: ([child]) => {
      if (runChildren) (child as () => number)();
      return nextPid++;
    },
    waitpid: ([pid]) => ({ pid, exitCode: 0, signal: null }),
    capget: () => ({ effective: 0n, permitted: 0n, inheritable: 0n }),
    pipe: () => [nextFd++, nextFd++],
    socketpair: () => [nextFd++, nextFd++],
    read: () => new Uint8Array(0),
    write: ([, data]) => (data as string | Uint8Array).length,
    keepText: (parts) => {
      for (const part of parts) kept += typeof part === "object" ? JSON.stringify(part) : part;
    },
    // Recorded with the text.
    writeKept: ([fd]) => {
      calls.splice(-1, 1, { name: "writeKept", args: [fd, kept] });
      kept = "";
    },
    forgetKept: () => {
      kept = "";
    },
    getxattr: () => new Uint8Array(0),
    listxattr: () => [],
    openPty: () => ({ master: nextFd++, slavePath: "/dev/pts/0" }),
    isLocked: () => false,
    readLine: () => null,
    isatty: () => false,
    getWindowSize: () => ({ columns: 80, rows: 24 }),
    rawMode: ([fd]) => ({ dispose: () => void calls.push({ name: "rawMode", args: [fd, "restored"] }) }),
    receiveMessage: () => null,
    receiveFrom: () => null,
    bootTimeMs: () => 0,
    getppid: () => 1,
    setsid: () => nextPid,
    umask: () => 0o022,
    getcwd: () => "/",
    prctl: () => 0,
    personality: () => 0,
  };

  const answerTo = (name: CallName, args: readonly unknown[]): unknown => {
    const own = answers.get(name);
    if (own) return (own as (...values: readonly unknown[]) => unknown)(...args);
    if (WATCHES.has(name)) return watch(name, args[0] as number, args[1] as never);
    if (FD_CALLS.has(name)) return nextFd++;
    return fresh[name]?.(args);
  };

  const failing = (name: CallName): Failure | undefined => {
    const count = calls.filter((call) => call.name === name).length;
    const list = failures.get(name) ?? [];
    const found = list.find(({ nth }) => nth === null || nth === count);
    if (found)
      failures.set(
        name,
        list.filter((failure) => failure !== found),
      );
    return found;
  };

  const linux = new Proxy({} as LinuxCalls, {
    get: (_, property) => {
      const name = property as CallName;
      return (...args: unknown[]) => {
        calls.push({ name, args });
        const failure = failing(name);
        if (failure)
          throw systemError(
            failure.code,
            name,
            args.find((arg) => typeof arg === "string"),
          );
        return answerTo(name, args);
      };
    },
  });

  return {
    linux,
    calls,
    names: () => calls.map((call) => call.name),
    of: (name) => calls.filter((call) => call.name === name),
    fail: (name, code, options) => {
      failures.set(name, [...(failures.get(name) ?? []), { code, nth: options?.nth ?? null }]);
    },
    answer: (name, result) => {
      answers.set(name, result as (...args: never[]) => unknown);
    },
    fire: (name, key, result) => {
      const value = name === "onExit" ? { pid: key, exitCode: 0, signal: null, ...result } : undefined;
      for (const callback of [...(watches.get(`${name} ${key}`) ?? [])]) callback(value);
    },
  };
}
