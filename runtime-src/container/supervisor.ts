/**
 * The process that made a container stays with it: reads its output (pipes or pty), keeps the log, serves the client that
 * is attached, passes signals on, and when the container has ended writes down how, or takes everything away (--rm).
 */
import { flatKey } from "../cgroups/container-cgroup.ts";
import { SIGHUP, SIGINT, SIGKILL, SIGQUIT, SIGTERM, SIGWINCH } from "../linux/constants.ts";
import type { Disposable, LinuxCalls, WaitResult } from "../linux/syscalls.ts";
import type { CreateContext } from "./create-context.ts";
import { deleteSteps, emptyAndRemove } from "./delete-steps.ts";
import { detachFilter } from "./detach-keys.ts";
import { isErrno } from "./host.ts";
import { type LogEntry, LogWriter, logFile } from "./log-file.ts";
import { startPump } from "./pump.ts";
import { readState, writeState } from "./state.ts";
import { stepReporter } from "./step-port.ts";
import { runSteps } from "./steps.ts";

const CHUNK_BYTES = 65_536;
/** docker's client gives up after as many. */
const SIGNALS_UNTIL_KILL = 3;

/** The client's side; null when nobody is attached (-d). */
export interface Attachment {
  /** Standard input goes to the container. */
  readonly input: boolean;
  readonly detachKeys: readonly number[] | undefined;
  /** Whether the client can be let go: only a resident's can. */
  readonly canDetach: boolean;
  /** Signals that were for the command; held back (signalfd) since before the container was made. */
  readonly signals: SignalHold;
  /** The client is let go, the container runs on. */
  readonly onDetach: () => void;
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

export class Supervisor {
  readonly #c: CreateContext;
  readonly #log: LogWriter;
  readonly #watches: Disposable[] = [];
  #attachment: Attachment | null;
  #rawMode: Disposable | null = null;
  #openStreams = 0;
  #result: WaitResult | null = null;
  #interrupts = 0;
  /** Making the container takes no turn of the event loop, so what came meanwhile is delivered in the first one. */
  #isFirstTurn = true;
  #finish: (exitCode: number) => void = () => {};

  constructor(c: CreateContext, attachment: Attachment | null) {
    this.#c = c;
    this.#attachment = attachment;
    this.#log = new LogWriter(c.host.linux, logFile(c.diskFolder, c.state.id));
  }

  /** The container's exit code, once it has ended and nothing of it is left to do. */
  run(): Promise<number> {
    const { linux } = this.#c.host;
    const { stdio, terminal, pid } = this.#c;
    const done = new Promise<number>((resolve) => {
      this.#finish = resolve;
    });
    if (terminal !== null) this.#readStream(terminal, "stdout", 1);
    if (stdio.output !== null) this.#readStream(stdio.output, "stdout", 1);
    if (stdio.error !== null) this.#readStream(stdio.error, "stderr", 2);
    if (this.#attachment) this.#attach(this.#attachment);
    setImmediate(() => {
      this.#isFirstTurn = false;
    });
    linux.onExit(pid, (result) => {
      this.#result = result;
      this.#endWhenDrained();
    });
    return done;
  }

  #readStream(fd: number, stream: LogEntry["stream"], clientFd: number): void {
    const { linux } = this.#c.host;
    this.#openStreams++;
    const watch = linux.onReadable(fd, () => {
      let data: Uint8Array;
      try {
        data = linux.read(fd, CHUNK_BYTES);
      } catch (error) {
        if (isErrno(error, "EAGAIN")) return;
        data = new Uint8Array(); // EIO: the last holder of the terminal's slave is gone
      }
      if (data.length > 0) return this.#take(stream, data, clientFd);
      watch.dispose();
      this.#openStreams--;
      this.#endWhenDrained();
    });
  }

  #take(stream: LogEntry["stream"], data: Uint8Array, clientFd: number): void {
    if (this.#attachment) {
      try {
        this.#c.host.linux.write(clientFd, data);
      } catch {
        // the reader of our output is gone; the container is not
      }
    }
    this.#log.append(stream, data);
  }

  #attach(attachment: Attachment): void {
    const { linux } = this.#c.host;
    const { terminal, stdio } = this.#c;
    attachment.signals.onSignal = (signal) => this.#forward(signal, attachment);
    this.#watches.push(attachment.signals);
    if (terminal !== null && linux.isatty(0)) {
      this.#rawMode = linux.rawMode(0);
      this.#watches.push(linux.onSignal(SIGWINCH, () => this.#copyWindowSize(terminal)));
    }
    const sink = terminal ?? stdio.input;
    if (!attachment.input || sink === null) return;
    const filter =
      terminal !== null && attachment.canDetach
        ? detachFilter(() => this.#detach(), attachment.detachKeys).pass
        : undefined;
    const onEnd = () => {
      if (stdio.input === null) return;
      linux.close(stdio.input);
      this.#c.stdio = { ...this.#c.stdio, input: null };
    };
    this.#watches.push(startPump(linux, { source: 0, sink, onEnd, ...(filter ? { filter } : {}) }));
  }

  #copyWindowSize(terminal: number): void {
    const { columns, rows } = this.#c.host.linux.getWindowSize(0);
    this.#c.host.linux.setWindowSize(terminal, columns, rows);
  }

  #forward(signal: number, { warn }: Attachment): void {
    const isEnding = signal === SIGINT || signal === SIGTERM;
    if (!isEnding) {
      this.signal(signal);
      return;
    }
    // Sent while the container was still being made: it was meant for the whole.
    const isEarly = this.#isFirstTurn;
    this.#interrupts++;
    if (this.#interrupts >= SIGNALS_UNTIL_KILL) {
      warn(`got ${SIGNALS_UNTIL_KILL} SIGTERM/SIGINTs, forcefully exiting`);
    }
    this.signal(isEarly || this.#interrupts >= SIGNALS_UNTIL_KILL ? SIGKILL : signal);
  }

  signal(signal: number): void {
    try {
      this.#c.host.linux.pidfdSendSignal(this.#c.pidfd, signal);
    } catch (error) {
      if (!isErrno(error, "ESRCH")) throw error;
    }
  }

  #detach(): void {
    const attachment = this.#attachment;
    this.#letGo();
    attachment?.onDetach();
  }

  #letGo(): void {
    for (const watch of this.#watches) watch.dispose();
    this.#watches.length = 0;
    this.#rawMode?.dispose();
    this.#rawMode = null;
    this.#attachment = null;
  }

  #endWhenDrained(): void {
    if (!this.#result || this.#openStreams > 0) return;
    const { exitCode, signal } = this.#result;
    // The process ends with this: watches need no taking down, the client's terminal does.
    this.#rawMode?.dispose();
    this.#rawMode = null;
    this.#log.close();
    const code = exitCode ?? 128 + (signal ?? 0);
    this.#recordEnd(code);
    this.#finish(code);
  }

  #recordEnd(exitCode: number): void {
    const { host, state, cgroupFolder, stepPort } = this.#c;
    if (state.autoRemove) {
      runSteps(
        deleteSteps,
        { host, id: state.id, name: state.name },
        stepReporter(host.linux, stepPort, state, "delete"),
      );
      return;
    }
    const oomKilled = (flatKey(cgroupFolder, "memory.events", "oom_kill") ?? 0) > 0;
    emptyAndRemove(host, cgroupFolder);
    const error = this.#log.failed ? `its log could not be kept: ${this.#log.failed.message}` : "";
    // Read again: `box update` and `box rename` write to it while the container runs.
    writeState(host.paths, {
      ...(readState(host.paths, state.id) ?? state),
      status: "exited",
      pid: null,
      supervisorPid: null,
      exitCode,
      oomKilled,
      error,
      finishedMs: Date.now(),
    });
  }
}
