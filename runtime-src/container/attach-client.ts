/**
 * The client's side of `docker attach` and `docker start -a` of a container that another process keeps: its output here,
 * what is typed there, its exit code at the end (attach-frames.ts).
 */
import { SIGWINCH } from "../linux/constants.ts";
import type { Disposable } from "../linux/syscalls.ts";
import { encodeFrame, frameDecoder } from "./attach-frames.ts";
import { attachSocket } from "./attach-server.ts";
import { detachFilter } from "./detach-keys.ts";
import { type Host, isErrno } from "./host.ts";
import { startSink, startSource } from "./pump.ts";
import { isSupervised } from "./supervised.ts";

const CHUNK_BYTES = 65_536;
const RETRY_MS = 10;

export interface AttachOptions {
  readonly terminal: boolean;
  readonly input: boolean;
  /** undefined: docker's own. */
  readonly detachKeys: readonly number[] | undefined;
}

/** The supervisor opens its socket a moment after the start; null: the container has ended before. */
async function connect(host: Host, id: string): Promise<number | null> {
  for (;;) {
    try {
      return host.linux.unixConnect(attachSocket(host.paths, id));
    } catch (error) {
      if (!isErrno(error, "ENOENT", "ECONNREFUSED")) throw error;
    }
    if (!isSupervised(host, id)) return null;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** The container's exit code; "detached" by the keys; null: its supervisor is gone and said nothing. */
export async function attachTo(host: Host, id: string, options: AttachOptions): Promise<number | "detached" | null> {
  const { linux } = host;
  const socket = await connect(host, id);
  if (socket === null) return null;
  const watches: Disposable[] = [];
  return new Promise((resolve) => {
    const end = (how: number | "detached" | null) => {
      for (const watch of watches) watch.dispose();
      linux.close(socket);
      resolve(how);
    };
    let exitCode: number | null = null;
    const push = frameDecoder((kind, data) => {
      if (kind === "x") exitCode = Number(Buffer.from(data).toString());
      else writeTo(host, kind === "e" ? 2 : 1, data);
    });
    const reading = linux.onReadable(socket, () => {
      let data: Uint8Array;
      try {
        data = linux.read(socket, CHUNK_BYTES);
      } catch (error) {
        if (isErrno(error, "EAGAIN")) return;
        data = new Uint8Array();
      }
      if (data.length > 0) push(data);
      if (data.length === 0 || exitCode !== null) end(exitCode);
    });
    watches.push(reading);
    const sink = startSink(linux, socket, (full) => (full ? source?.pause() : source?.resume()));
    let source: ReturnType<typeof startSource> | null = null;
    if (options.terminal && linux.isatty(0)) watches.push(...useTerminal(host, sink.write));
    if (!options.input) return;
    const filter = options.terminal
      ? detachFilter(() => end("detached"), options.detachKeys).pass
      : (data: Uint8Array): Uint8Array | null => data;
    const take = (data: Uint8Array) => {
      const rest = filter(data);
      if (rest) sink.write(encodeFrame("i", rest));
    };
    source = startSource(linux, 0, take, () => sink.write(encodeFrame("d")));
    watches.push(source);
  });
}

function writeTo({ linux }: Host, fd: number, data: Uint8Array): void {
  try {
    linux.write(fd, data);
  } catch {
    // nobody reads our output any more
  }
}

function useTerminal({ linux }: Host, write: (frame: Uint8Array) => void): Disposable[] {
  const tell = () => {
    const { columns, rows } = linux.getWindowSize(0);
    write(encodeFrame("w", Buffer.from(`${columns} ${rows}`)));
  };
  tell();
  return [linux.rawMode(0), linux.onSignal(SIGWINCH, tell)];
}
