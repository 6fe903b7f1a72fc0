import type { Host } from "../container/host.ts";
import type { Flag } from "./flags.ts";

/** The command that waits for us, when a resident's worker runs it (linux/resident.ts). */
export interface Client {
  readonly isWaiting: () => boolean;
  /** It ends with that code; this process goes on without it and its terminal. */
  readonly release: (exitCode: number) => void;
  /** Called back once when it dies before us; without a callback we get SIGHUP. */
  readonly onGone: (callback: () => void) => void;
}

/** What a verb has to work with. */
export interface Runtime extends Host {
  /** As it was called: "box" or "docker". */
  readonly program: string;
  readonly client: Client;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** One file per verb exports one of these. */
export interface Verb {
  readonly usage: string;
  readonly summary: string;
  /** For --help. */
  readonly flags?: readonly Flag[];
  /** Other command lines that do the same: "docker container ls". */
  readonly aliases?: readonly string[];
  /** It answers --help itself. */
  readonly helps?: boolean;
  readonly run: (runtime: Runtime, argv: readonly string[]) => number | Promise<number>;
}

/** A failure with its exit code; the message is what the user reads after the program's name. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode = 1, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
