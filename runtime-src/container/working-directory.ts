/** The folder in which a container's program starts: entered, and held against the root that it must lie under (getcwd(2)). */
import { mkdirSync } from "node:fs";
import type { LinuxCalls } from "../linux/syscalls.ts";
import { isErrno } from "./host.ts";

/** docker makes a working directory that the image does not have. */
export function enterFolder(linux: LinuxCalls, path: string): void {
  try {
    linux.chdir(path);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    mkdirSync(path, { recursive: true, mode: 0o755 });
    linux.chdir(path);
  }
}

/** A path through /proc/PID/fd or /proc/PID/cwd can end on the host; the kernel then has no path for it from our root. */
export function requireFolderInside(linux: LinuxCalls, path: string): void {
  try {
    if (linux.getcwd().startsWith("/")) return;
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
  }
  throw new Error(`chdir to cwd ("${path}"): the folder is outside of the container's root`);
}
