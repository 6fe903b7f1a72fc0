/** Standard streams of an exec: to and from the client, nothing is logged, as docker does not either. */
import { SIGWINCH } from "../linux/constants.ts";
import type { Disposable, WaitResult } from "../linux/syscalls.ts";
import type { ExecContext } from "./exec.ts";
import { isErrno } from "./host.ts";
import { startPump } from "./pump.ts";

const CHUNK_BYTES = 65_536;

/** The program's exit code. */
export function runExecSession(c: ExecContext): Promise<number> {
  const { linux } = c.host;
  const watches: Disposable[] = [];
  let openStreams = 0;
  let result: WaitResult | null = null;
  return new Promise((resolve) => {
    const endWhenDrained = () => {
      if (!result || openStreams > 0) return;
      for (const watch of watches) watch.dispose();
      resolve(result.exitCode ?? 128 + (result.signal ?? 0));
    };
    const readStream = (fd: number, clientFd: number) => {
      openStreams++;
      const watch = linux.onReadable(fd, () => {
        let data: Uint8Array;
        try {
          data = linux.read(fd, CHUNK_BYTES);
        } catch (error) {
          if (isErrno(error, "EAGAIN")) return;
          data = new Uint8Array(); // EIO: the terminal's other end is closed
        }
        if (data.length > 0) return writeToClient(c, clientFd, data);
        watch.dispose();
        openStreams--;
        endWhenDrained();
      });
    };
    if (c.terminal !== null) readStream(c.terminal, 1);
    if (c.output !== null) readStream(c.output, 1);
    if (c.error !== null) readStream(c.error, 2);
    watches.push(...attachInput(c));
    linux.onExit(c.pid, (ended) => {
      result = ended;
      endWhenDrained();
    });
  });
}

function writeToClient({ host }: ExecContext, fd: number, data: Uint8Array): void {
  try {
    host.linux.write(fd, data);
  } catch {
    // the reader is gone, the program need not be
  }
}

function attachInput(c: ExecContext): Disposable[] {
  const { linux } = c.host;
  const watches: Disposable[] = [];
  const { terminal } = c;
  if (terminal !== null && linux.isatty(0)) {
    watches.push(linux.rawMode(0));
    watches.push(
      linux.onSignal(SIGWINCH, () => {
        const { columns, rows } = linux.getWindowSize(0);
        linux.setWindowSize(terminal, columns, rows);
      }),
    );
  }
  const sink = terminal ?? c.input;
  if (!c.process.openStdin || sink === null) return watches;
  const onEnd = () => {
    if (c.input !== null) linux.close(c.input);
    c.input = null;
  };
  watches.push(startPump(linux, { source: 0, sink, onEnd }));
  return watches;
}
