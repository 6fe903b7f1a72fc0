/**
 * Streams over descriptors, for process.stdin/stdout/stderr, child processes, pipes and sockets. Reading is driven by the
 * loop and stops while nobody listens; writing to standard output is synchronous, as Node's is for files, pipes and
 * terminals on Linux; other writers queue and wait for the descriptor.
 */
import fdCalls from "native:fd";
import fs from "native:fs";
import loop from "native:loop";
import text from "native:text";
import { asBuffer } from "./buffer.ts";
import { Readable, Writable } from "./stream.ts";

const READ_BYTES = 65536;

export class FdReadable extends Readable {
  readonly fd: number;
  #watch = 0;
  #ref = true;
  readonly #release: () => void;

  /** `release` closes the descriptor when the stream is destroyed or at its end. */
  constructor(fd: number, release: () => void = () => fs.close(fd)) {
    super();
    this.fd = fd;
    this.#release = release;
  }

  override _start(): void {
    if (this.#watch === 0 && !this.destroyed) this.#watch = loop.watch(this.fd, false, () => this.#read());
    loop.refWatch(this.#watch, this.#ref);
  }

  override _stop(): void {
    if (this.#watch !== 0) loop.unwatch(this.#watch);
    this.#watch = 0;
  }

  #read(): void {
    let bytes: Uint8Array;
    try {
      bytes = fdCalls.read(this.fd, READ_BYTES);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === "EAGAIN") return;
      // EIO is how a terminal's master says that no slave is open any more
      if (code === "EIO") this.push(null);
      else this.destroy(error as Error);
      return;
    }
    this.push(bytes.length === 0 ? null : asBuffer(bytes));
  }

  override _destroy(): void {
    this._stop();
    this.#release();
  }

  ref(): this {
    this.#ref = true;
    loop.refWatch(this.#watch, true);
    return this;
  }

  unref(): this {
    this.#ref = false;
    loop.refWatch(this.#watch, false);
    return this;
  }
}

/** Writes at once, waiting where it must. */
export class SyncWritable extends Writable {
  readonly fd: number;

  constructor(fd: number) {
    super();
    this.fd = fd;
  }

  override _write(data: Uint8Array | string, done: (error?: Error) => void): void {
    try {
      fs.writeAll(this.fd, data);
      done();
    } catch (error) {
      done(error as Error);
    }
  }
}

/** Writes when the descriptor takes it. */
export class FdWritable extends Writable {
  readonly fd: number;
  #watch = 0;
  readonly #release: () => void;

  constructor(fd: number, release: () => void = () => fs.close(fd)) {
    super();
    this.fd = fd;
    this.#release = release;
    fdCalls.setNonBlocking(fd, true);
  }

  override _write(data: Uint8Array | string, done: (error?: Error) => void): void {
    const bytes = typeof data === "string" ? text.encode(data, 0) : data;
    try {
      fdCalls.write(this.fd, bytes);
      done();
    } catch (error) {
      const { code, written = 0 } = error as { code?: string; written?: number };
      if (code !== "EAGAIN") {
        done(error as Error);
        return;
      }
      const rest = bytes.subarray(written);
      this.#watch = loop.watch(this.fd, true, () => {
        loop.unwatch(this.#watch);
        this.#watch = 0;
        this._write(rest, done);
      });
    }
  }

  override _final(done: () => void): void {
    this.#close();
    done();
  }

  #closed = false;

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#watch !== 0) loop.unwatch(this.#watch);
    this.#release();
  }

  override _destroy(): void {
    this.#close();
  }
}
