/** Standard streams of an exec: to and from the client, nothing is logged, as docker does not either. */
import { SIGWINCH } from "../linux/constants.ts";
import type { Disposable, WaitResult } from "../linux/syscalls.ts";
import { detachFilter } from "./detach-keys.ts";
import type { ExecContext } from "./exec.ts";
import { isErrno } from "./host.ts";
import { type PumpSource, startSink, startSource } from "./pump.ts";

const CHUNK_BYTES = 65_536;

export interface Detaching {
  readonly keys: readonly number[] | undefined;
  /** The client is let go, the program runs on. */
  readonly release: () => void;
}

/** The program's exit code. */
export function runExecSession(c: ExecContext, detaching: Detaching | null = null): Promise<number> {
  const { linux } = c.host;
  let watches: Disposable[] = [];
  let openStreams = 0;
  let result: WaitResult | null = null;
  return new Promise((resolve) => {
    const letGo = () => {
      for (const watch of watches) watch.dispose();
      watches = [];
    };
    const endWhenDrained = () => {
      if (!result || openStreams > 0) return;
      letGo();
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
    const detach = () => {
      letGo();
      detaching?.release();
    };
    watches.push(...attachInput(c, detaching ? { keys: detaching.keys, release: detach } : null));
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

function attachInput(c: ExecContext, detaching: Detaching | null): Disposable[] {
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
  const target = terminal ?? c.input;
  if (!c.process.openStdin || target === null) return watches;
  let source: PumpSource | null = null;
  const sink = startSink(linux, target, (full) => (full ? source?.pause() : source?.resume()));
  const filter =
    terminal !== null && detaching
      ? detachFilter(detaching.release, detaching.keys).pass
      : (data: Uint8Array): Uint8Array | null => data;
  const take = (data: Uint8Array) => {
    const rest = filter(data);
    if (rest) sink.write(rest);
  };
  source = startSource(linux, 0, take, () => {
    const { input } = c;
    c.input = null;
    if (input !== null) sink.end(() => linux.close(input));
  });
  watches.push(source);
  return watches;
}
