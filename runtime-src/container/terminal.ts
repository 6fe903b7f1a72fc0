/**
 * The container's terminal (-t): a pty of the container's own devpts, so that `tty` inside says /dev/pts/0. The master
 * goes to the supervisor over the sync socket (SCM_RIGHTS), the slave becomes standard input, output, error and
 * /dev/console, and the controlling terminal of the new session (setsid(2) has been called).
 */
import { chownSync, closeSync, openSync } from "node:fs";
import { MS_BIND, O_CLOEXEC, O_NOCTTY, O_RDWR } from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";
import type { InitContext } from "./init-context.ts";
import type { ResolvedUser } from "./user.ts";

/** First byte of the message that carries the master. */
export const TERMINAL_MESSAGE = 0x74;
/** Debian's group "tty", which devpts is mounted with. */
const TTY_GROUP = 5;

/** Opens it, sends the master, takes the slave; for init and exec alike. Returns the slave's path. */
export function openPtyTerminal(
  linux: LinuxCalls,
  sync: number,
  windowSize: InitContext["windowSize"],
  user: ResolvedUser | null,
): string {
  const { master, slavePath } = linux.openPty("/dev/pts/ptmx");
  if (windowSize) linux.setWindowSize(master, windowSize.columns, windowSize.rows);
  const slave = linux.open(slavePath, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (user && user.uid !== 0) chownSync(slavePath, user.uid, TTY_GROUP);
  linux.sendMessage(sync, new Uint8Array([TERMINAL_MESSAGE]), [master]);
  linux.close(master);
  linux.setControllingTerminal(slave);
  for (const fd of [0, 1, 2]) linux.dup2(slave, fd);
  linux.close(slave);
  return slavePath;
}

export function openTerminal({ linux, sync, windowSize, user }: InitContext): void {
  const slavePath = openPtyTerminal(linux, sync, windowSize, user);
  closeSync(openSync("/dev/console", "a", 0o600));
  linux.mount(slavePath, "/dev/console", null, MS_BIND, null);
}

export function connectStdio({ linux, stdio }: InitContext): void {
  stdio.forEach((fd, target) => {
    linux.dup2(fd, target);
  });
}
