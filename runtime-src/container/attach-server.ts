/**
 * The supervisor's side of `docker attach`: any number of clients at its socket (attach-frames.ts). Each gets the output
 * from now on, each may type. A client that does not read holds the container's output up once MAX_BACKLOG_BYTES wait for
 * it, as a terminal that was stopped does; nothing is thrown away and no more is kept.
 */
import { unlinkSync } from "node:fs";
import type { Disposable, LinuxCalls } from "../linux/syscalls.ts";
import { encodeFrame, type FrameKind, frameDecoder } from "./attach-frames.ts";
import { isErrno } from "./host.ts";
import { type Paths, stateFolder } from "./paths.ts";

const CHUNK_BYTES = 16_384;
const READ_WITHIN_MS = 5_000;
const MAX_BACKLOG_BYTES = 262_144;

export const attachSocket = (paths: Paths, id: string): string => `${stateFolder(paths, id)}/attach`;

export interface AttachEvents {
  readonly input: (data: Uint8Array) => void;
  readonly endOfInput: () => void;
  readonly windowSize: (columns: number, rows: number) => void;
  /** The output is to be read on, or not. */
  readonly flow: (open: boolean) => void;
}

interface Client {
  readonly fd: number;
  readonly read: () => void;
  reading: Disposable | null;
  writing: Disposable | null;
  backlog: Uint8Array[];
  backlogBytes: number;
  isLast: boolean;
}

export class AttachServer {
  readonly #linux: LinuxCalls;
  readonly #path: string;
  readonly #events: AttachEvents;
  readonly #clients = new Set<Client>();
  readonly #listening: number;
  readonly #watch: Disposable;
  #isHeld = false;
  #inputIsHeld = false;
  #onEmpty: () => void = () => {};

  constructor(linux: LinuxCalls, path: string, events: AttachEvents) {
    this.#linux = linux;
    this.#path = path;
    this.#events = events;
    removeSocket(path);
    this.#listening = linux.unixListen(path);
    this.#watch = linux.onReadable(this.#listening, () => this.#accept());
  }

  send(kind: FrameKind, data: Uint8Array): void {
    if (this.#clients.size === 0) return;
    const frame = encodeFrame(kind, data);
    for (const client of this.#clients) this.#queue(client, frame);
  }

  /** Says how it ended; what waits to be read still goes out before the connection does. */
  endRun(exitCode: number): void {
    const frame = encodeFrame("x", Buffer.from(String(exitCode)));
    for (const client of this.#clients) {
      client.isLast = true;
      this.#queue(client, frame);
    }
  }

  /** After endRun: `done` once everybody has read to the end, or has had the time to. */
  closeWhenRead(done: () => void): void {
    this.#stopListening();
    if (this.#clients.size === 0) {
      done();
      return;
    }
    const timer = setTimeout(done, READ_WITHIN_MS);
    this.#onEmpty = () => {
      clearTimeout(timer);
      done();
    };
  }

  /** No further clients; those that are there have until then read what they read. */
  close(): void {
    this.#stopListening();
    for (const client of [...this.#clients]) this.#drop(client);
  }

  #stopListening(): void {
    this.#watch.dispose();
    this.#linux.close(this.#listening);
    removeSocket(this.#path);
  }

  #accept(): void {
    const fd = this.#linux.unixAccept(this.#listening);
    this.#linux.setNonBlocking(fd, true);
    const push = frameDecoder((kind, data) => this.#take(kind, data));
    const read = () => {
      try {
        const data = this.#linux.read(fd, CHUNK_BYTES);
        if (data.length > 0) return push(data);
      } catch (error) {
        if (isErrno(error, "EAGAIN")) return;
      }
      this.#drop(client);
    };
    const client: Client = { fd, read, reading: null, writing: null, backlog: [], backlogBytes: 0, isLast: false };
    this.#clients.add(client);
    if (!this.#inputIsHeld) client.reading = this.#linux.onReadable(fd, read);
  }

  /** The container does not read its input: nor is it taken from those who type. */
  holdInput(held: boolean): void {
    this.#inputIsHeld = held;
    for (const client of this.#clients) {
      client.reading?.dispose();
      client.reading = held ? null : this.#linux.onReadable(client.fd, client.read);
    }
  }

  #take(kind: FrameKind, data: Uint8Array): void {
    if (kind === "i") this.#events.input(data);
    else if (kind === "d") this.#events.endOfInput();
    else if (kind === "w") {
      const [columns, rows] = Buffer.from(data).toString().split(" ").map(Number);
      if (columns && rows) this.#events.windowSize(columns, rows);
    }
  }

  #queue(client: Client, frame: Uint8Array): void {
    client.backlog.push(frame);
    client.backlogBytes += frame.length;
    if (client.writing === null) this.#flush(client);
  }

  #flush(client: Client): void {
    client.writing?.dispose();
    client.writing = null;
    for (let frame = client.backlog[0]; frame; frame = client.backlog[0]) {
      try {
        this.#linux.write(client.fd, frame);
        client.backlog.shift();
        client.backlogBytes -= frame.length;
      } catch (error) {
        if (!isErrno(error, "EAGAIN")) {
          this.#drop(client);
          return;
        }
        const { written = 0 } = error as { written?: number };
        client.backlog[0] = frame.subarray(written);
        client.backlogBytes -= written;
        client.writing = this.#linux.onWritable(client.fd, () => this.#flush(client));
        break;
      }
    }
    if (client.isLast && client.backlog.length === 0) {
      this.#drop(client);
      return;
    }
    this.#weigh();
  }

  #drop(client: Client): void {
    if (!this.#clients.delete(client)) return;
    client.reading?.dispose();
    client.writing?.dispose();
    this.#linux.close(client.fd);
    this.#weigh();
    if (this.#clients.size === 0) this.#onEmpty();
  }

  #weigh(): void {
    const isHeld = [...this.#clients].some(({ backlogBytes }) => backlogBytes > MAX_BACKLOG_BYTES);
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    this.#events.flow(!isHeld);
  }
}

function removeSocket(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
  }
}
