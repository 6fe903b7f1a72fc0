/**
 * node:stream, the part that descriptors need: Readable (flowing, paused, async iteration, pipe) and Writable (write, end,
 * drain). No object mode, no Transform, no web streams (API.md).
 */
import { EventEmitter } from "./events.ts";
import { nextTick } from "./next-tick.ts";
import { StringDecoder } from "./string-decoder.ts";

const HIGH_WATER_BYTES = 65536;
type Chunk = Uint8Array | string;

export class Readable extends EventEmitter {
  readable = true;
  destroyed = false;
  readableEnded = false;
  #flowing: boolean | null = null;
  #queue: Chunk[] = [];
  #ended = false;
  #decoder: StringDecoder | null = null;
  #draining = false;

  /** Begin and stop producing: subclasses push() chunks, null at the end. */
  _start(): void {}
  _stop(): void {}
  _destroy(): void {}

  override on(name: string | symbol, listener: (...args: never[]) => void): this {
    super.on(name, listener);
    if (name === "data" && this.#flowing !== false) this.resume();
    if (name === "readable") this._start();
    return this;
  }

  override addListener(name: string | symbol, listener: (...args: never[]) => void): this {
    return this.on(name, listener);
  }

  push(chunk: Uint8Array | string | null): boolean {
    if (chunk === null) {
      this.#ended = true;
      this._stop();
      const rest = this.#decoder?.end() ?? "";
      if (rest) this.#queue.push(rest);
    } else {
      const part = this.#decoder && typeof chunk !== "string" ? this.#decoder.write(chunk) : chunk;
      if (part.length > 0) this.#queue.push(part);
    }
    if (this.#flowing) this.#drain();
    else if (this.listenerCount("readable") > 0) this.emit("readable");
    if (!this.#flowing && this.#queue.length > 0 && this.listenerCount("readable") === 0) this._stop();
    if (chunk === null && this.#queue.length === 0) this.#finish();
    return this.#flowing === true;
  }

  #drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    while (this.#flowing && this.#queue.length > 0) this.emit("data", this.#queue.shift());
    this.#draining = false;
    if (this.#ended && this.#queue.length === 0) this.#finish();
  }

  #finish(): void {
    if (this.readableEnded) return;
    this.readableEnded = true;
    this.readable = false;
    nextTick(() => {
      this.emit("end");
      this.destroy();
    });
  }

  read(): Chunk | null {
    const chunk = this.#queue.shift() ?? null;
    if (this.#ended && this.#queue.length === 0) this.#finish();
    return chunk;
  }

  resume(): this {
    if (this.#flowing) return this;
    this.#flowing = true;
    nextTick(() => {
      if (!this.#flowing || this.destroyed) return;
      this.#drain();
      if (!this.#ended) this._start();
    });
    return this;
  }

  pause(): this {
    this.#flowing = false;
    this._stop();
    return this;
  }

  isPaused(): boolean {
    return this.#flowing === false;
  }

  setEncoding(encoding = "utf8"): this {
    this.#decoder = new StringDecoder(encoding);
    return this;
  }

  destroy(error?: Error): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.readable = false;
    this._destroy();
    nextTick(() => {
      if (error) this.emit("error", error);
      this.emit("close");
    });
    return this;
  }

  pipe<T extends Writable>(target: T, options?: { end?: boolean }): T {
    this.on("data", (chunk: Chunk) => {
      if (target.write(chunk)) return;
      this.pause();
      target.once("drain", () => this.resume());
    });
    if (options?.end !== false && !target.isStandard) this.on("end", () => target.end());
    target.emit("pipe", this);
    return target;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Chunk> {
    const waiting: (() => void)[] = [];
    const chunks: Chunk[] = [];
    let ended = false;
    let failure: unknown = null;
    const wake = (): void => waiting.shift()?.();
    this.on("error", (error: unknown) => {
      failure = error;
      wake();
    });
    this.on("end", () => {
      ended = true;
      wake();
    });
    this.on("close", () => {
      ended = true;
      wake();
    });
    this.on("data", (chunk: Chunk) => {
      chunks.push(chunk);
      this.pause();
      wake();
    });
    try {
      for (;;) {
        const chunk = chunks.shift();
        if (chunk !== undefined) yield chunk;
        else if (failure) throw failure;
        else if (ended) return;
        else {
          this.resume();
          await new Promise<void>((resolve) => waiting.push(resolve));
        }
      }
    } finally {
      this.destroy();
    }
  }
}

interface PendingWrite {
  readonly data: Chunk;
  readonly done: ((error?: Error) => void) | undefined;
}

export class Writable extends EventEmitter {
  writable = true;
  destroyed = false;
  writableEnded = false;
  writableFinished = false;
  /** process.stdout and stderr are not ended by pipe(). */
  isStandard = false;
  #queue: PendingWrite[] = [];
  #queuedBytes = 0;
  #busy = false;
  #needDrain = false;

  _write(_data: Chunk, done: (error?: Error) => void): void {
    done();
  }
  _final(done: () => void): void {
    done();
  }
  _destroy(): void {}

  write(data: Chunk, encoding?: string | ((error?: Error) => void), callback?: (error?: Error) => void): boolean {
    const done = typeof encoding === "function" ? encoding : callback;
    if (this.writableEnded || this.destroyed) {
      const error = Object.assign(new Error("write after end"), { code: "ERR_STREAM_WRITE_AFTER_END" });
      nextTick(() => {
        done?.(error);
        if (!this.destroyed) this.emit("error", error);
      });
      return false;
    }
    this.#queue.push({ data, done });
    this.#queuedBytes += data.length;
    this.#next();
    const full = this.#queuedBytes >= HIGH_WATER_BYTES;
    if (full) this.#needDrain = true;
    return !full;
  }

  #next(): void {
    const item = this.#busy ? undefined : this.#queue[0];
    if (!item) {
      this.#settle();
      return;
    }
    this.#busy = true;
    this._write(item.data, (error) => {
      this.#busy = false;
      this.#queue.shift();
      this.#queuedBytes -= item.data.length;
      if (item.done) nextTick(() => item.done?.(error));
      if (error) this.#fail(error);
      else this.#next();
    });
  }

  #fail(error: Error): void {
    this.#queue = [];
    if (this.isStandard) {
      nextTick(() => this.emit("error", error));
    } else this.destroy(error);
  }

  #settle(): void {
    if (this.#busy || this.#queue.length > 0) return;
    if (this.#needDrain) {
      this.#needDrain = false;
      nextTick(() => this.emit("drain"));
    }
    if (!this.writableEnded || this.writableFinished || this.destroyed) return;
    this.writableFinished = true;
    this._final(() => {
      nextTick(() => {
        this.emit("finish");
        this.destroy();
      });
    });
  }

  end(data?: Chunk | (() => void), encoding?: string | (() => void), callback?: () => void): this {
    const done = [data, encoding, callback].find((value) => typeof value === "function") as (() => void) | undefined;
    if (done) this.once("finish", done);
    if (typeof data === "string" || data instanceof Uint8Array) this.write(data);
    this.writableEnded = true;
    this.writable = false;
    this.#settle();
    return this;
  }

  destroy(error?: Error): this {
    if (this.destroyed) return this;
    this.destroyed = true;
    this.writable = false;
    this._destroy();
    nextTick(() => {
      if (error) this.emit("error", error);
      this.emit("close");
    });
    return this;
  }

  cork(): void {}
  uncork(): void {}
}

export default { Readable, Writable };
