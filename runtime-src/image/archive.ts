/**
 * The program `archive` (archive/archive.h), which reads and writes tar files: started here with its descriptors, waited
 * for, its last words made an error. `enter` runs in its process before it: a mount namespace of its own, for one.
 */
import type { Host } from "../container/host.ts";
import { O_CLOEXEC, O_RDONLY, O_RDWR } from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";

export const ARCHIVE = "/usr/libexec/box/archive";
const CHUNK_BYTES = 65_536;

export interface ArchiveRun {
  /** Descriptors; standard input may be text instead, output is returned when none is given. */
  readonly input?: number | string;
  readonly output?: number;
  readonly enter?: () => void;
}

export interface Started {
  readonly pid: number;
  /** Our end of its standard error. */
  readonly words: number;
}

function readAll(linux: LinuxCalls, fd: number): string {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = linux.read(fd, CHUNK_BYTES);
    if (part.length === 0) break;
    parts.push(part);
  }
  linux.close(fd);
  return Buffer.concat(parts).toString();
}

export function startArchive(
  { linux }: Host,
  args: readonly string[],
  input: number,
  output: number,
  enter: () => void = () => {},
): Started {
  const [words, theirWords] = linux.pipe();
  const pid = linux.fork(() => {
    try {
      linux.resetSignals();
      enter();
      for (const [target, fd] of [input, output, theirWords].entries()) linux.dup2(fd, target);
      linux.execve(ARCHIVE, ["archive", ...args], []);
    } catch (error) {
      linux.write(theirWords, `${(error as Error).message}\n`);
    }
    return 1;
  });
  linux.close(theirWords);
  return { pid, words };
}

/** What it said on standard error; throws that when it failed. */
export function finishArchive({ linux }: Host, { pid, words }: Started): string {
  const said = readAll(linux, words).trimEnd();
  const result = linux.waitpid(pid);
  if (result?.exitCode === 0) return said;
  const last = said.slice(said.lastIndexOf("\n") + 1);
  throw new Error(last || `${ARCHIVE}: ended by ${result?.signal ? `signal ${result.signal}` : "an error"}`);
}

/** Runs it to its end: [standard output, standard error]. */
export function runArchive(host: Host, args: readonly string[], run: ArchiveRun = {}): readonly [string, string] {
  const { linux } = host;
  let input: number;
  let ours: number | null = null;
  if (typeof run.input === "number") input = linux.dup(run.input);
  else if (run.input === undefined) input = linux.open("/dev/null", O_RDONLY | O_CLOEXEC);
  else [input, ours] = linux.pipe();
  let output: number;
  let result: number | null = null;
  if (run.output === undefined) [result, output] = linux.pipe();
  else output = linux.dup(run.output);
  const started = startArchive(host, args, input, output, run.enter);
  linux.close(input);
  linux.close(output);
  if (ours !== null) {
    try {
      linux.write(ours, run.input as string);
    } catch {
      // it ended before it had read all: its words say why
    }
    linux.close(ours);
  }
  const out = result === null ? "" : readAll(linux, result);
  return [out, finishArchive(host, started)];
}

/** One writes what the other reads: [standard output of the reader, the writer's last words]. */
export function pipeArchives(
  host: Host,
  writer: readonly string[],
  reader: readonly string[],
  enterWriter?: () => void,
  enterReader?: () => void,
): readonly [string, string] {
  const { linux } = host;
  const nothing = linux.open("/dev/null", O_RDWR | O_CLOEXEC);
  const [reading, writing] = linux.pipe();
  const source = startArchive(host, writer, nothing, writing, enterWriter);
  linux.close(writing);
  linux.close(nothing);
  let out = "";
  let failure: unknown = null;
  try {
    [out] = runArchive(host, reader, { input: reading, ...(enterReader ? { enter: enterReader } : {}) });
  } catch (error) {
    failure = error;
  }
  linux.close(reading);
  try {
    const words = finishArchive(host, source);
    if (failure) throw failure;
    return [out, words];
  } catch (error) {
    // A reader that fails makes the writer fail too; a writer that fails leaves the reader a stump.
    const broken = failure && /broken pipe/i.test((error as Error).message);
    throw broken ? failure : error;
  }
}
