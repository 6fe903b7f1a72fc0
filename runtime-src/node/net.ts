/** node:net, unix sockets only: createServer, connect, Socket. A host or port is refused (API.md). */
import fs from "native:fs";
import loop from "native:loop";
import calls from "native:net";
import { EventEmitter } from "./events.ts";
import { FdReadable, FdWritable } from "./fd-stream.ts";
import { nextTick } from "./next-tick.ts";

const SHUT_WR = 1;
type Chunk = Uint8Array | string;
type Done = (error?: Error) => void;

interface PathOptions {
  path?: string;
  port?: number;
}

function pathOf(target: string | number | PathOptions): string {
  const path = typeof target === "object" ? target.path : target;
  if (typeof path === "string" && Number.isNaN(Number(path))) return path;
  throw Object.assign(new Error("net: this runtime has unix sockets only; give a path"), {
    code: "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM",
  });
}

export class Socket extends FdReadable {
  readonly remoteAddress: undefined;
  connecting = false;
  allowHalfOpen: boolean;
  bytesWritten = 0;
  #writer: FdWritable;

  constructor(fd: number, allowHalfOpen = false) {
    let open = 2;
    const release = (): void => {
      if (--open === 0) fs.close(fd);
    };
    super(fd, release);
    this.allowHalfOpen = allowHalfOpen;
    this.#writer = new FdWritable(fd, () => {
      try {
        calls.shutdown(fd, SHUT_WR);
      } catch {
        // the peer is gone already
      }
      release();
    });
    this.#writer.on("error", (error: Error) => this.destroy(error));
    this.#writer.on("drain", () => this.emit("drain"));
    this.#writer.on("finish", () => this.emit("finish"));
    this.once("end", () => {
      if (!this.allowHalfOpen) this.end();
    });
  }

  get writable(): boolean {
    return this.#writer.writable;
  }
  get isStandard(): boolean {
    return false;
  }
  get writableEnded(): boolean {
    return this.#writer.writableEnded;
  }

  write(data: Chunk, encoding?: string | Done, callback?: Done): boolean {
    this.bytesWritten += data.length;
    return this.#writer.write(data, encoding, callback);
  }

  end(data?: Chunk | (() => void), encoding?: string | (() => void), callback?: () => void): this {
    this.#writer.end(data, encoding, callback);
    return this;
  }

  override destroy(error?: Error): this {
    if (error || this.readableEnded === false) this.#writer.destroy();
    return super.destroy(error);
  }

  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
}

export class Server extends EventEmitter {
  listening = false;
  #path = "";
  #fd = -1;
  #watch = 0;
  #sockets = new Set<Socket>();
  #closing = false;

  constructor(listener?: (socket: Socket) => void) {
    super();
    if (listener) this.on("connection", listener as never);
  }

  listen(target: string | PathOptions, ...rest: unknown[]): this {
    const done = rest.find((value) => typeof value === "function") as (() => void) | undefined;
    if (done) this.once("listening", done);
    try {
      this.#path = pathOf(target);
      this.#fd = calls.unixListen(this.#path);
    } catch (cause) {
      const { code } = cause as { code?: string };
      // libuv's answer for a folder that does not exist
      const message = `listen EACCES: permission denied ${this.#path}`;
      const error =
        code === "ENOENT" ? Object.assign(new Error(message), { code: "EACCES", syscall: "listen" }) : cause;
      nextTick(() => this.emit("error", error));
      return this;
    }
    this.listening = true;
    this.#watch = loop.watch(this.#fd, false, () => this.#accept());
    nextTick(() => this.emit("listening"));
    return this;
  }

  #accept(): void {
    const socket = new Socket(calls.accept(this.#fd));
    this.#sockets.add(socket);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      this.#maybeClosed();
    });
    this.emit("connection", socket);
  }

  address(): string {
    return this.#path;
  }

  close(done?: () => void): this {
    if (done) this.once("close", done);
    if (!this.listening) return this;
    this.listening = false;
    this.#closing = true;
    loop.unwatch(this.#watch);
    fs.close(this.#fd);
    fs.unlink(this.#path, 0, 0);
    this.#maybeClosed();
    return this;
  }

  #maybeClosed(): void {
    if (!this.#closing || this.#sockets.size > 0) return;
    this.#closing = false;
    nextTick(() => this.emit("close"));
  }

  ref(): this {
    loop.refWatch(this.#watch, true);
    return this;
  }

  unref(): this {
    loop.refWatch(this.#watch, false);
    return this;
  }
}

export function createServer(...args: unknown[]): Server {
  return new Server(args.find((value) => typeof value === "function") as ((socket: Socket) => void) | undefined);
}

export function connect(target: string | PathOptions, ...rest: unknown[]): Socket {
  const done = rest.find((value) => typeof value === "function") as (() => void) | undefined;
  const socket = new Socket(calls.unixConnect(pathOf(target)));
  if (done) socket.once("connect", done);
  nextTick(() => {
    socket.emit("connect");
    socket.emit("ready");
  });
  return socket;
}

export const createConnection = connect;
export default { Socket, Server, createServer, connect, createConnection };
