/**
 * The container's output as docker's json-file driver keeps it: a JSON object a line, {"log", "stream", "time"}, `log`
 * ending in "\n" unless the line was cut at 16 KiB. On the disk, so that output is not memory; opened with the first byte.
 */
import { O_APPEND, O_CLOEXEC, O_CREAT, O_WRONLY } from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";

const MAX_LINE_BYTES = 16_384;
const NEWLINE = 10;

export type StreamName = "stdout" | "stderr";

export const logFile = (diskFolder: string, id: string): string => `${diskFolder}/${id}-json.log`;

export interface LogEntry {
  readonly log: string;
  readonly stream: StreamName;
  readonly time: string;
}

export class LogWriter {
  readonly #linux: LinuxCalls;
  readonly #path: string;
  #fd = -1;
  /** Bytes of a line whose end has not come, by stream. */
  readonly #open: Record<StreamName, Uint8Array | null> = { stdout: null, stderr: null };
  /** After a failure (a full disk) output is no longer kept, but still passed on. */
  failed: Error | null = null;

  constructor(linux: LinuxCalls, path: string) {
    this.#linux = linux;
    this.#path = path;
  }

  append(stream: StreamName, data: Uint8Array): void {
    const before = this.#open[stream];
    const bytes = before ? Buffer.concat([before, data]) : Buffer.from(data.buffer, data.byteOffset, data.length);
    let lines = "";
    let start = 0;
    while (start < bytes.length) {
      const newline = bytes.indexOf(NEWLINE, start);
      const end = newline < 0 ? bytes.length : newline + 1;
      if (newline < 0 && end - start < MAX_LINE_BYTES) break;
      const stop = Math.min(end, start + MAX_LINE_BYTES);
      lines += this.#line(stream, bytes.toString("utf8", start, stop));
      start = stop;
    }
    this.#open[stream] = start < bytes.length ? Uint8Array.prototype.slice.call(bytes, start) : null;
    this.#write(lines);
  }

  close(): void {
    for (const stream of ["stdout", "stderr"] as const) {
      const rest = this.#open[stream];
      if (rest) this.#write(this.#line(stream, Buffer.from(rest).toString()));
    }
    if (this.#fd >= 0) this.#linux.close(this.#fd);
    this.#fd = -1;
  }

  #line(stream: StreamName, log: string): string {
    return `${JSON.stringify({ log, stream, time: new Date().toISOString() })}\n`;
  }

  #write(lines: string): void {
    if (lines === "" || this.failed) return;
    try {
      if (this.#fd < 0) this.#fd = this.#linux.open(this.#path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640);
      this.#linux.write(this.#fd, lines);
    } catch (error) {
      this.failed = error as Error;
    }
  }
}
