/**
 * Bytes from one descriptor to another on the event loop. A source reads one chunk at a time and can be paused; a sink
 * holds what the descriptor does not take yet and says when that is too much. So a program that does not read its input
 * stops whoever types it, not the supervisor.
 */
import type { Disposable, LinuxCalls } from "../linux/syscalls.ts";
import { isErrno } from "./host.ts";

const CHUNK_BYTES = 65_536;

export interface PumpSource extends Disposable {
  readonly pause: () => void;
  readonly resume: () => void;
}

/** `onEnd` once: the source has ended. */
export function startSource(
  linux: LinuxCalls,
  fd: number,
  take: (data: Uint8Array) => void,
  onEnd: () => void,
): PumpSource {
  let watch: Disposable | null = null;
  let timer: ReturnType<typeof setImmediate> | null = null;
  let ended = false;
  let paused = false;

  const stop = () => {
    watch?.dispose();
    watch = null;
    if (timer) clearImmediate(timer);
    timer = null;
  };
  const read = () => {
    let data: Uint8Array;
    try {
      data = linux.read(fd, CHUNK_BYTES);
    } catch (error) {
      if (isErrno(error, "EAGAIN")) return;
      data = new Uint8Array();
    }
    if (data.length > 0) return take(data);
    stop();
    if (!ended) onEnd();
    ended = true;
  };
  const listen = () => {
    if (ended || paused || watch) return;
    try {
      watch = linux.onReadable(fd, read);
    } catch (error) {
      if (!isErrno(error, "EPERM")) throw error;
      // A regular file is always readable and cannot be watched: the sink sets the pace.
      timer = setImmediate(() => {
        read();
        listen();
      });
    }
  };
  listen();
  return {
    pause: () => {
      paused = true;
      stop();
    },
    resume: () => {
      paused = false;
      listen();
    },
    dispose: () => {
      ended = true;
      stop();
    },
  };
}

export interface PumpSink extends Disposable {
  readonly write: (data: Uint8Array) => void;
  /** `close` is called when all of it is written, or can no longer be. */
  readonly end: (close: () => void) => void;
}

/** Sets the descriptor to non-blocking. `onFull` with true when something waits or nobody reads, else with false. */
export function startSink(linux: LinuxCalls, fd: number, onFull: (full: boolean) => void): PumpSink {
  const waiting: Uint8Array[] = [];
  let watch: Disposable | null = null;
  let gone = false;
  let onDone: (() => void) | null = null;
  linux.setNonBlocking(fd, true);

  const settle = () => {
    watch?.dispose();
    watch = null;
    // what nobody reads any more need not be read either
    onFull(gone);
    onDone?.();
    onDone = null;
  };
  const flush = () => {
    for (let chunk = waiting[0]; chunk; chunk = waiting[0]) {
      try {
        linux.write(fd, chunk);
        waiting.shift();
      } catch (error) {
        if (!isErrno(error, "EAGAIN")) {
          gone = true;
          waiting.length = 0;
          break;
        }
        waiting[0] = chunk.subarray((error as { written?: number }).written ?? 0);
        if (!watch) {
          watch = linux.onWritable(fd, flush);
          onFull(true);
        }
        return;
      }
    }
    if (watch || onDone || gone) settle();
  };
  return {
    write: (data) => {
      if (gone) return;
      waiting.push(data);
      if (!watch) flush();
    },
    end: (close) => {
      onDone = close;
      if (waiting.length === 0) settle();
    },
    dispose: () => {
      watch?.dispose();
      watch = null;
      gone = true;
      waiting.length = 0;
    },
  };
}
