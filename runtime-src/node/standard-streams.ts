/** process.stdin, stdout and stderr. Output is synchronous; a terminal has columns, rows and "resize". */
import eventCalls from "native:events";
import tty from "native:tty";
import { FdReadable, SyncWritable } from "./fd-stream.ts";
import type { StandardStreams } from "./process-object.ts";
import { signals } from "./signals.ts";
import type { Writable } from "./stream.ts";

export class StandardInput extends FdReadable {
  readonly isTTY: true | undefined = tty.isatty(0) || undefined;
  isRaw = false;
  #settings: Uint8Array | null = null;

  constructor() {
    super(0, () => {});
  }

  setRawMode(on: boolean): this {
    if (on && !this.#settings) this.#settings = tty.rawMode(0);
    if (!on && this.#settings) tty.restore(0, this.#settings);
    if (!on) this.#settings = null;
    this.isRaw = on;
    return this;
  }
}

export class TerminalOutput extends SyncWritable {
  readonly isTTY = true;

  get columns(): number {
    return tty.getWindowSize(this.fd)[0] || 80;
  }

  get rows(): number {
    return tty.getWindowSize(this.fd)[1] || 24;
  }

  getWindowSize(): [number, number] {
    return [this.columns, this.rows];
  }

  getColorDepth(): number {
    return 8;
  }

  hasColors(count = 16): boolean {
    return count <= 256;
  }

  override on(name: string | symbol, listener: (...args: never[]) => void): this {
    if (name === "resize" && this.listenerCount("resize") === 0)
      eventCalls.watchSignal(signals.SIGWINCH as number, () => this.emit("resize"));
    return super.on(name, listener);
  }
}

export function standardOutput(fd: number): Writable {
  const stream = tty.isatty(fd) ? new TerminalOutput(fd) : new SyncWritable(fd);
  stream.isStandard = true;
  return stream;
}

export const standardStreams: StandardStreams = { input: () => new StandardInput(), output: standardOutput };
