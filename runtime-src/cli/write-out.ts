/**
 * Where `save` and `export` write: standard output, or a file that is there only when it is whole. While it grows it has no
 * name (open(2), O_TMPFILE), so that nothing is left of one that is killed. Where the file system has no such files, and for
 * the moment in which it takes an older one's place, it is FILE.tmp-PID; the next call clears away a dead one's.
 */
import { existsSync, readdirSync, renameSync, rmSync, type Stats, statSync } from "node:fs";
import { isErrno } from "../container/host.ts";
import { O_CLOEXEC, O_CREAT, O_EXCL, O_TMPFILE, O_WRONLY } from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";
import { CommandError, type Runtime } from "./runtime.ts";

export interface Destination {
  /** null or "": standard output. */
  readonly file: string | null;
  /** For what is said: "save", "image". */
  readonly verb: string;
  readonly what: string;
}

const MODE = 0o600;

export function writeOut({ linux }: Runtime, { file, verb, what }: Destination, write: (output: number) => void): void {
  if (file === null || file === "") {
    const hint = "Use the -o flag or redirect";
    if (linux.isatty(1)) throw new CommandError(`cowardly refusing to ${verb} to a terminal. ${hint}`);
    write(1);
    return;
  }
  let output: Output;
  try {
    checkPlace(file);
    clearRemains(file);
    output = openOutput(linux, file);
  } catch (error) {
    const words = `failed to ${verb} ${what}: invalid output path: ${(error as Error).message}`;
    throw new CommandError(words, 1, { cause: error });
  }
  try {
    write(output.fd);
    output.keep();
  } finally {
    linux.close(output.fd);
    rmSync(temporary(file, process.pid), { force: true });
  }
}

const temporary = (file: string, pid: number | string): string => `${file}.tmp-${pid}`;
const folderOf = (file: string): string => /^(.*\/)[^/]*$/.exec(file)?.[1] ?? ".";

/** In docker's words: what is renamed over would be gone. */
function checkPlace(file: string): void {
  if (!existsSync(folderOf(file))) throw new Error(`directory "${folderOf(file)}" does not exist`);
  const stat: Stats | undefined = statSync(file, { throwIfNoEntry: false });
  if (!stat || stat.isFile()) return;
  const found = stat.isDirectory() ? "is a directory" : "must be a directory or a regular file";
  throw new Error(`"${file}" ${found}${stat.isCharacterDevice() || stat.isBlockDevice() ? ": got a device" : ""}`);
}

/** What somebody was killed over. */
function clearRemains(file: string): void {
  const folder = folderOf(file);
  const prefix = temporary(file, "").slice(folder === "." ? 0 : folder.length);
  for (const name of readdirSync(folder)) {
    const pid = name.startsWith(prefix) ? name.slice(prefix.length) : "";
    if (/^\d+$/.test(pid) && !existsSync(`/proc/${pid}`)) rmSync(temporary(file, pid), { force: true });
  }
}

interface Output {
  readonly fd: number;
  /** It is whole. */
  readonly keep: () => void;
}

function openOutput(linux: LinuxCalls, file: string): Output {
  const made = temporary(file, process.pid);
  let fd: number;
  try {
    fd = linux.open(folderOf(file), O_TMPFILE | O_WRONLY | O_CLOEXEC, MODE);
  } catch (error) {
    if (!isErrno(error, "ENOTSUP", "EOPNOTSUPP", "EISDIR")) throw error;
    return {
      fd: linux.open(made, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, MODE),
      keep: () => renameSync(made, file),
    };
  }
  const keep = () => {
    try {
      linux.linkFd(fd, file);
    } catch (error) {
      if (!isErrno(error, "EEXIST")) throw error;
      linux.linkFd(fd, made);
      renameSync(made, file);
    }
  };
  return { fd, keep };
}
