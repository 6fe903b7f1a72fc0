/**
 * Commands that a request asks for, as child processes: standard input is empty, of each output stream the first 64 KiB
 * are kept, the rest is read and dropped. The agent's loop never waits for them.
 */
import { spawn } from "node:child_process";
import { SIGNALS as SIGNAL_NUMBERS } from "../linux/signals.ts";

const MAX_STREAM_BYTES = 65_536;

export interface ChildResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const SIGNAL_BASE = 128;

export function runChild(
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> },
): Promise<ChildResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...args], {
      cwd: options.cwd,
      env: { ...options.env } as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const streams = [child.stdout, child.stderr].map((stream) => {
      const chunks: Uint8Array[] = [];
      let size = 0;
      stream?.on("data", (chunk: Uint8Array) => {
        const room = MAX_STREAM_BYTES - size;
        if (room <= 0) return;
        chunks.push(chunk.subarray(0, room));
        size += Math.min(chunk.length, room);
      });
      return () => Buffer.concat(chunks).toString("utf8");
    });
    child.on("error", reject);
    child.on("close", (code: number | null, signal: NodeJS.Signals | null) => {
      const exitCode = code ?? SIGNAL_BASE + (signal ? (SIGNAL_NUMBERS[signal] ?? 0) : 0);
      resolve({ exitCode, stdout: streams[0]?.() ?? "", stderr: streams[1]?.() ?? "" });
    });
  });
}
