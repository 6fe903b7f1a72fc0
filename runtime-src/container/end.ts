/** Ending containers from outside their supervisor: signals, and waiting until the supervisor has put everything away. */

import { killCgroup } from "../cgroups/container-cgroup.ts";
import { LOCK_SH, O_CLOEXEC, O_RDONLY, SIGKILL, SIGUSR1 } from "../linux/constants.ts";
import { cgroupOf } from "./cgroup-of.ts";
import { type Host, isErrno } from "./host.ts";
import { type ContainerState, changeState, supervisorLock } from "./state.ts";
import { isSupervised } from "./supervised.ts";

/** false when it was no longer there. */
export function signalContainer({ linux }: Host, pid: number, signal: number): boolean {
  try {
    linux.kill(pid, signal);
    return true;
  } catch (error) {
    if (isErrno(error, "ESRCH")) return false;
    throw error;
  }
}

/**
 * Before a command ends a container: its restart policy is to leave it ended. One that waits to be started again is told
 * so (SIGUSR1 to its supervisor, which listens to it before its state says that it waits). Returns what is true then.
 */
export function forbidRestart(host: Host, state: ContainerState): ContainerState {
  if (!state.restart) return state;
  const now = changeState(host, state.id, (current) => ({ ...current, stopRequested: true })) ?? state;
  if (now.status === "restarting" && now.supervisorPid !== null && isSupervised(host, state.id)) {
    signalContainer(host, now.supervisorPid, SIGUSR1);
  }
  return now;
}

/** SIGKILL to all of it; one that is frozen dies too (cgroup v2 thaws what is killed). */
export function killContainer(host: Host, state: ContainerState): void {
  try {
    killCgroup(host, cgroupOf(host, state));
  } catch (error) {
    if (!isErrno(error, "ENOENT", "ENODEV")) throw error;
    if (state.pid !== null) signalContainer(host, state.pid, SIGKILL);
  }
}

/** Returns when the supervisor has written the end, or removed everything (--rm): its lock goes with it. */
export function awaitEnd({ linux, paths }: Host, id: string): void {
  let fd: number;
  try {
    fd = linux.open(supervisorLock(paths, id), O_RDONLY | O_CLOEXEC);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return;
    throw error;
  }
  linux.flock(fd, LOCK_SH);
  linux.close(fd);
}

const POLL_MS = 20;

/** The same with a limit; false when it is still there after it. flock(2) has no timeout, so it is asked again. */
export async function awaitEndWithin(host: Host, id: string, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isSupervised(host, id)) {
    if (Date.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return true;
}
