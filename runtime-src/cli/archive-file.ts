/** The tar file that `load -i` and `import` are given, opened; docker's words for one that cannot be. */
import { fstatSync } from "node:fs";
import { O_CLOEXEC, O_RDONLY } from "../linux/constants.ts";
import { CommandError, type Runtime } from "./runtime.ts";

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  ENOTDIR: "not a directory",
  ELOOP: "too many levels of symbolic links",
};

export function openArchive({ linux }: Runtime, file: string): number {
  let fd: number;
  try {
    fd = linux.open(file, O_RDONLY | O_CLOEXEC);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    throw new CommandError(`open ${file}: ${WORDS[code] ?? code}`, 1, { cause: error });
  }
  if (fstatSync(fd).isDirectory()) throw new CommandError(`read ${file}: is a directory`);
  return fd;
}
