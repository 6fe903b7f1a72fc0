/**
 * The command that started the container and waits for it in the same process (`run` without -d, `start -a`): its standard
 * streams, its terminal, the signals that it is sent, and how it is let go (detach keys, --sig-proxy=false).
 */
import { SIGHUP, SIGINT, SIGKILL, SIGQUIT, SIGTERM, SIGWINCH } from "../linux/constants.ts";
import type { Disposable, LinuxCalls } from "../linux/syscalls.ts";
import type { CreateContext } from "./create-context.ts";
import { detachFilter } from "./detach-keys.ts";
import { isErrno } from "./host.ts";
import type { LogEntry } from "./log-file.ts";
import { startSource } from "./pump.ts";

/** docker's client gives up after as many. */
const SIGNALS_UNTIL_KILL = 3;
const SIGNAL_BASE = 128;

export interface Attachment {
  /** Standard input goes to the container. */
  readonly input: boolean;
  /** Which of its streams the command shows; both without -a. */
  readonly output: boolean;
  readonly error: boolean;
  readonly detachKeys: readonly number[] | undefined;
  /** Whether signals go to the container (--sig-proxy). */
  readonly sigProxy: boolean;
  /** Whether the client can be let go: only a resident's can. */
  readonly canDetach: boolean;
  /** Signals that were for the command; held back (signalfd) since before the container was made. */
  readonly signals: SignalHold;
  /** The client is let go with that exit code, the container runs on. */
  readonly onDetach: (exitCode: number) => void;
  /** Called back when the command's process has died: the container runs on, as docker's does. */
  readonly onGone: (callback: () => void) => void;
  readonly warn: (text: string) => void;
}

/** Signals of the client, taken from the first moment, handled once there is something to hand them to. */
export interface SignalHold {
  onSignal: (signal: number) => void;
  readonly dispose: () => void;
}

export function holdSignals(linux: LinuxCalls): SignalHold {
  const watches = [SIGINT, SIGTERM, SIGHUP, SIGQUIT].map((signal) =>
    linux.onSignal(signal, () => hold.onSignal(signal)),
  );
  const hold: SignalHold = {
    onSignal: () => {},
    dispose: () => {
      for (const watch of watches) watch.dispose();
    },
  };
  return hold;
}

export class OwnClient {
  readonly #c: CreateContext;
  readonly #attachment: Attachment;
  readonly #onGone: () => void;
  readonly #watches: Disposable[] = [];
  #source: ReturnType<typeof startSource> | null = null;
  #rawMode: Disposable | null = null;
  #interrupts = 0;
  /** Making the container takes no turn of the event loop, so what came meanwhile is delivered in the first one. */
  #isFirstTurn = true;

  constructor(c: CreateContext, attachment: Attachment, onGone: () => void) {
    this.#c = c;
    this.#attachment = attachment;
    this.#onGone = onGone;
  }

  attach(type: (data: Uint8Array) => void, endInput: () => void): void {
    const { linux } = this.#c.host;
    const { terminal } = this.#c;
    const { signals, input, canDetach, detachKeys, onGone } = this.#attachment;
    setImmediate(() => {
      this.#isFirstTurn = false;
    });
    signals.onSignal = (signal) => this.#forward(signal);
    this.#watches.push(signals);
    onGone(() => this.release(0));
    if (terminal !== null && linux.isatty(0)) {
      this.#rawMode = linux.rawMode(0);
      this.#watches.push(linux.onSignal(SIGWINCH, () => this.#copyWindowSize(terminal)));
    }
    if (!input) return;
    const filter =
      terminal !== null && canDetach
        ? detachFilter(() => this.release(0), detachKeys).pass
        : (data: Uint8Array) => data;
    this.#source = startSource(
      linux,
      0,
      (data) => {
        const rest = filter(data);
        if (rest) type(rest);
      },
      endInput,
    );
  }

  /** The container does not read what is typed: neither do we. */
  hold(full: boolean): void {
    if (full) this.#source?.pause();
    else this.#source?.resume();
  }

  write(stream: LogEntry["stream"], data: Uint8Array): void {
    const isError = stream === "stderr";
    if (!(isError ? this.#attachment.error : this.#attachment.output)) return;
    try {
      this.#c.host.linux.write(isError ? 2 : 1, data);
    } catch {
      // the reader of our output is gone; the container is not
    }
  }

  #copyWindowSize(terminal: number): void {
    const { columns, rows } = this.#c.host.linux.getWindowSize(0);
    this.#c.host.linux.setWindowSize(terminal, columns, rows);
  }

  #forward(signal: number): void {
    const { warn, sigProxy, canDetach } = this.#attachment;
    if (!sigProxy && canDetach) {
      this.release(SIGNAL_BASE + signal);
      return;
    }
    if (signal !== SIGINT && signal !== SIGTERM) {
      this.#send(signal);
      return;
    }
    // Sent while the container was still being made: it was meant for the whole.
    const isEarly = this.#isFirstTurn;
    this.#interrupts++;
    if (this.#interrupts >= SIGNALS_UNTIL_KILL) {
      warn(`got ${SIGNALS_UNTIL_KILL} SIGTERM/SIGINTs, forcefully exiting`);
    }
    this.#send(isEarly || this.#interrupts >= SIGNALS_UNTIL_KILL ? SIGKILL : signal);
  }

  #send(signal: number): void {
    try {
      this.#c.host.linux.pidfdSendSignal(this.#c.pidfd, signal);
    } catch (error) {
      if (!isErrno(error, "ESRCH")) throw error;
    }
  }

  restoreTerminal(): void {
    this.#rawMode?.dispose();
    this.#rawMode = null;
  }

  /** The command ends with that code, the container does not care. */
  release(exitCode: number): void {
    for (const watch of this.#watches) watch.dispose();
    this.#watches.length = 0;
    this.#source?.dispose();
    this.restoreTerminal();
    this.#onGone();
    this.#attachment.onDetach(exitCode);
  }
}
