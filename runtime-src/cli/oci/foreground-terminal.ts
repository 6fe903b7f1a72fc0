/** A container's terminal on ours: bytes both ways, our terminal raw meanwhile, its size copied (pty(7)). */
import { startSink, startSource } from "../../container/pump.ts";
import type { Disposable, LinuxCalls } from "../../linux/syscalls.ts";

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
  // While it takes no more, ours is not read.
  const sink = startSink(linux, master, (full) => (full ? source.pause() : source.resume()));
  const source = startSource(linux, 0, sink.write, () => {});
  watches.push(source, sink);
  const drained = new Promise<void>((resolve) => {
    const output = startSource(
      linux,
      master,
      (data) => void linux.write(1, data),
      () => {
        output.dispose();
        resolve();
      },
    );
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
