/** What running a command in the guest gives, however it was run. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

export type Sink = (stream: "stdout" | "stderr", data: Uint8Array) => void;

export class CommandTimeout extends Error {}

/** As one word of a POSIX shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
