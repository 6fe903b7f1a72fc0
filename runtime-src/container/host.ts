import { O_CLOEXEC, O_WRONLY } from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";
import type { Paths } from "./paths.ts";

/** What every part of the runtime stands on. Tests put the recording double and their own folders in. */
export interface Host {
  readonly linux: LinuxCalls;
  readonly paths: Paths;
}

export const isErrno = (error: unknown, ...codes: readonly string[]): boolean =>
  codes.includes((error as NodeJS.ErrnoException).code ?? "");

/** One write(2): what cgroup and proc files want. */
export function writeKernelFile(linux: LinuxCalls, path: string, value: string): void {
  const fd = linux.open(path, O_WRONLY | O_CLOEXEC);
  try {
    linux.write(fd, value);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw Object.assign(new Error(`write(2) "${value}" to ${path}: ${code}`, { cause: error }), { code, path });
  } finally {
    linux.close(fd);
  }
}
