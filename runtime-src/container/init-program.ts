/**
 * docker's --init: the reaper (engine/programs/init.c) becomes PID 1, the program its child. Its file is the machine's, so
 * it runs from a read-only clone of the mount it lies on (open_tree(2), mount_setattr(2)): the container can read it as
 * /proc/1/exe and write to it by no way. The clone is made while the machine's files can be named, and executed by its
 * descriptor.
 */
import { AT_EMPTY_PATH, AT_FDCWD, MOUNT_ATTR_RDONLY, O_CLOEXEC, OPEN_TREE_CLONE } from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";

const INIT_PROGRAM = "/usr/libexec/box/init";

export function openInitProgram(linux: LinuxCalls): number {
  const fd = linux.openTree(AT_FDCWD, INIT_PROGRAM, OPEN_TREE_CLONE | O_CLOEXEC);
  linux.mountSetattr(fd, "", AT_EMPTY_PATH, { set: MOUNT_ATTR_RDONLY, clear: 0, propagation: 0 });
  return fd;
}

/** Only returns by throwing; what cannot be started is said by the reaper, with docker's 126 or 127. */
export const runUnderInit = (linux: LinuxCalls, fd: number, args: readonly string[], env: readonly string[]): never =>
  linux.execve(`/proc/self/fd/${fd}`, ["docker-init", "--", ...args], env);
