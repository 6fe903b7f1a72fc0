/** exec and execFile: a child's whole output, limited by maxBuffer, for a callback. */
import { Buffer } from "./buffer.ts";
import type { ChildProcess, SpawnOptions } from "./child-process.ts";
import type { FdReadable } from "./fd-stream.ts";

export interface ExecOptions extends SpawnOptions {
  encoding?: string | null;
  maxBuffer?: number;
}

export type OutputCallback = (error: Error | null, stdout: string | Buffer, stderr: string | Buffer) => void;

const DEFAULT_MAX_BYTES = 1024 * 1024;

interface Collected {
  readonly parts: Uint8Array[];
  size: number;
}

function collect(stream: FdReadable | null, maxBytes: number, exceeded: () => void): Collected {
  const collected: Collected = { parts: [], size: 0 };
  stream?.on("data", (chunk: Uint8Array) => {
    const room = maxBytes - collected.size;
    collected.parts.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    collected.size += Math.min(chunk.length, room);
    if (chunk.length > room) exceeded();
  });
  return collected;
}

export function callWithOutput(
  child: ChildProcess,
  options: ExecOptions,
  done: OutputCallback | undefined,
  command: string,
): void {
  const maxBytes = options.maxBuffer ?? DEFAULT_MAX_BYTES;
  let failure: Error | null = null;
  const exceeded = (name: string) => (): void => {
    failure = Object.assign(new RangeError(`${name} maxBuffer length exceeded`), {
      code: "ERR_CHILD_PROCESS_STDIO_MAXBUFFER",
    });
    child.kill(options.killSignal);
  };
  const stdout = collect(child.stdout, maxBytes, exceeded("stdout"));
  const stderr = collect(child.stderr, maxBytes, exceeded("stderr"));
  const text = ({ parts }: Collected): string | Buffer => {
    const whole = Buffer.concat(parts);
    return options.encoding === null || options.encoding === "buffer" ? whole : whole.toString(options.encoding);
  };
  let called = false;
  const finish = (error: Error | null): void => {
    if (called) return;
    called = true;
    if (error) Object.assign(error, { cmd: command, stdout: text(stdout), stderr: text(stderr) });
    done?.(error, text(stdout), text(stderr));
  };
  child.once("error", (error: Error) => finish(error));
  child.once("close", (code: number | null, signal: string | null) => {
    if (failure || (code === 0 && signal === null)) {
      finish(failure);
      return;
    }
    const message = `Command failed: ${command}\n${Buffer.concat(stderr.parts).toString()}`;
    finish(Object.assign(new Error(message), { code, killed: child.killed, signal }));
  });
}
