/** Whether the process that keeps a container lives: it holds a lock (flock(2)) as long as it does, see state.ts. */
import { LOCK_SH, O_CLOEXEC, O_RDONLY } from "../linux/constants.ts";
import { type Host, isErrno } from "./host.ts";
import { supervisorLock } from "./state.ts";

/** A folder that just goes away is not kept any more. */
export function isSupervised({ linux, paths }: Host, id: string): boolean {
  let fd: number;
  try {
    fd = linux.open(supervisorLock(paths, id), O_RDONLY | O_CLOEXEC);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return false;
    throw error;
  }
  try {
    return !linux.tryLock(fd, LOCK_SH);
  } finally {
    linux.close(fd);
  }
}
