/** --console-socket: the terminal's master goes to whoever listens on a unix socket (runc's docs/terminals.md). */
import type { LinuxCalls } from "../../linux/syscalls.ts";

/** The message's bytes are a name for it, as runc sends. */
export function sendTerminal(linux: LinuxCalls, path: string, master: number): void {
  let socket: number;
  try {
    socket = linux.unixConnect(path);
  } catch (error) {
    throw new Error(`--console-socket ${path}: ${(error as NodeJS.ErrnoException).code}: nobody listens there`, {
      cause: error,
    });
  }
  try {
    linux.sendMessage(socket, new TextEncoder().encode("/dev/ptmx"), [master]);
  } finally {
    linux.close(socket);
    linux.close(master);
  }
}
