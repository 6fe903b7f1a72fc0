import { LOCK_EX, O_CLOEXEC, O_DIRECTORY, O_RDONLY } from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";

/** flock(2) of a folder: waits for it; held until the descriptor that is returned is closed. */
export function lockFolder(linux: LinuxCalls, folder: string): number {
  const lock = linux.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  linux.flock(lock, LOCK_EX);
  return lock;
}
