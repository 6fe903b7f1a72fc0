/** A container's terminal on ours: bytes both ways, our terminal raw meanwhile, its size copied (pty(7)). */
import { isErrno } from "../../container/host.ts";
import { startPump } from "../../container/pump.ts";
import type { Disposable, LinuxCalls } from "../../linux/syscalls.ts";

const CHUNK_BYTES = 65_536;

export interface TerminalSession {
  readonly copySize: () => void;
  /** All that was written to it has been read. */
  readonly drained: Promise<void>;
  readonly dispose: () => void;
}

export function connectTerminal(linux: LinuxCalls, master: number): TerminalSession {
  const isTerminal = linux.isatty(0);
  const copySize = () => {
    if (!isTerminal) return;
    const { columns, rows } = linux.getWindowSize(0);
    linux.setWindowSize(master, columns, rows);
  };
  copySize();
  const watches: Disposable[] = isTerminal ? [linux.rawMode(0)] : [];
  watches.push(startPump(linux, { source: 0, sink: master, onEnd: () => {} }));
  const drained = new Promise<void>((resolve) => {
    const watch = linux.onReadable(master, () => {
      let data: Uint8Array;
      try {
        data = linux.read(master, CHUNK_BYTES);
      } catch (error) {
        if (isErrno(error, "EAGAIN")) return;
        data = new Uint8Array(); // EIO: nobody has its other end any more
      }
      if (data.length > 0) {
        linux.write(1, data);
        return;
      }
      watch.dispose();
      resolve();
    });
  });
  return {
    copySize,
    drained,
    dispose: () => {
      for (const watch of watches) watch.dispose();
      linux.close(master);
    },
  };
}
