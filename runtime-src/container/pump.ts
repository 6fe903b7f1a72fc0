/**
 * Bytes from one descriptor to another on the event loop, never more than one chunk held: while the sink is full the
 * source is not read, so a program that does not read its input stops whoever types it, not the supervisor.
 */
import type { Disposable, LinuxCalls } from "../linux/syscalls.ts";
import { isErrno } from "./host.ts";

const CHUNK_BYTES = 65_536;

export interface PumpOptions {
  readonly source: number;
  /** Set to non-blocking by the pump. */
  readonly sink: number;
  /** Sees and may change each chunk; null swallows it. */
  readonly filter?: (data: Uint8Array) => Uint8Array | null;
  /** The source has ended, or the sink is gone. */
  readonly onEnd: () => void;
}

export function startPump(linux: LinuxCalls, { source, sink, filter, onEnd }: PumpOptions): Disposable {
  let watch: Disposable | null = null;
  let rest: Uint8Array | null = null;
  let ended = false;
  linux.setNonBlocking(sink, true);

  const stop = () => {
    watch?.dispose();
    watch = null;
  };
  const end = () => {
    stop();
    if (!ended) onEnd();
    ended = true;
  };
  const flush = () => {
    stop();
    if (!rest) return listen();
    try {
      linux.write(sink, rest);
      rest = null;
    } catch (error) {
      if (!isErrno(error, "EAGAIN")) return end();
      rest = rest?.subarray((error as { written?: number }).written ?? 0) ?? null;
      watch = linux.onWritable(sink, flush);
      return;
    }
    listen();
  };
  const take = () => {
    let data: Uint8Array;
    try {
      data = linux.read(source, CHUNK_BYTES);
    } catch (error) {
      if (isErrno(error, "EAGAIN")) return;
      return end();
    }
    if (data.length === 0) return end();
    rest = filter ? filter(data) : data;
    if (rest && !ended) flush();
  };
  const listen = () => {
    if (ended || watch) return;
    try {
      watch = linux.onReadable(source, take);
    } catch (error) {
      if (!isErrno(error, "EPERM")) throw error;
      // A regular file is always readable and cannot be watched: the sink sets the pace.
      watch = linux.onWritable(sink, () => {
        stop();
        take();
      });
    }
  };
  listen();
  return {
    dispose: () => {
      ended = true;
      stop();
    },
  };
}
