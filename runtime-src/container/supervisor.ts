/**
 * The process that made a container stays with it: reads its output (pipes or pty), keeps the log, serves the command that
 * started it and those that attach later, checks its health, starts it again where its restart policy says so, and when
 * the container has ended writes down how, or takes everything away (--rm).
 */
import { flatKey } from "../cgroups/container-cgroup.ts";
import { SIGUSR1 } from "../linux/constants.ts";
import type { Disposable, WaitResult } from "../linux/syscalls.ts";
import { giveBack } from "../network/endpoint.ts";
import type { NetworkSettings } from "../network/settings.ts";
import { AttachServer, attachSocket } from "./attach-server.ts";
import type { CreateContext } from "./create-context.ts";
import { anonymousVolumes, deleteSteps, emptyAndRemove } from "./delete-steps.ts";
import { containerEvent, emitEvents, trimJournal } from "./events.ts";
import { isErrno } from "./host.ts";
import { startAgain } from "./launch.ts";
import { type LogEntry, LogWriter, logFile } from "./log-file.ts";
import { NetworkKeeper } from "./network-keeper.ts";
import { type Attachment, OwnClient } from "./own-client.ts";
import { type PumpSink, startSink } from "./pump.ts";
import { NO_RESTART, RestartBackoff } from "./restart-policy.ts";
import { type ContainerState, changeState, idOfName, readState, withStateLocked, writeState } from "./state.ts";
import { stepReporter } from "./step-port.ts";
import { runSteps } from "./steps.ts";

const CHUNK_BYTES = 65_536;
/** A container that is gone by then never has a socket: most `run`s are. */
const ATTACH_AFTER_MS = 60;

interface Stream {
  readonly fd: number;
  readonly name: LogEntry["stream"];
  watch: Disposable | null;
}

export class Supervisor {
  #c: CreateContext;
  #log: LogWriter;
  #client: OwnClient | null = null;
  #server: AttachServer | null = null;
  #serverTimer: ReturnType<typeof setTimeout> | null = null;
  #sink: PumpSink | null = null;
  #health: Disposable | null = null;
  /** null where the network is nobody's, the machine's or another container's. */
  #networks: NetworkKeeper | null = null;
  #streams: Stream[] = [];
  #result: WaitResult | null = null;
  readonly #backoff = new RestartBackoff();
  #stopSignal: Disposable | null = null;
  #wakeUp: () => void = () => {};
  #finish: (exitCode: number) => void = () => {};

  constructor(c: CreateContext, attachment: Attachment | null) {
    this.#c = c;
    this.#log = new LogWriter(c.host.linux, logFile(c.diskFolder, c.state.id));
    if (attachment) this.#client = new OwnClient(c, attachment, () => this.#letGo());
  }

  /** The container's last exit code, once it has ended and nothing of it is left to do. */
  run(): Promise<number> {
    const done = new Promise<number>((resolve) => {
      this.#finish = resolve;
    });
    this.#begin();
    this.#client?.attach(
      (data) => this.#type(data),
      () => this.#endInput(),
    );
    return done;
  }

  #begin(): void {
    const { host, stdio, terminal, pid, state } = this.#c;
    this.#result = null;
    this.#streams = [];
    const read = (fd: number | null, name: LogEntry["stream"]) => {
      if (fd !== null) this.#streams.push({ fd, name, watch: null });
    };
    read(terminal ?? stdio.output, "stdout");
    if (terminal === null) read(stdio.error, "stderr");
    this.#setFlow(true);
    host.linux.onExit(pid, (result) => {
      this.#result = result;
      this.#endWhenDrained();
    });
    this.#serverTimer = setTimeout(() => this.#serveClients(), ATTACH_AFTER_MS);
    if (state.health) this.#checkHealth();
    if (state.network.requests.length > 0) this.#networks = new NetworkKeeper(this.#c);
  }

  #checkHealth(): void {
    const { host, state, pid } = this.#c;
    import("./health.ts").then(({ watchHealth }) => {
      if (this.#result === null && this.#c.pid === pid) this.#health = watchHealth(host, { ...state, pid });
    });
  }

  #serveClients(): void {
    const { host, state } = this.#c;
    try {
      this.#server = new AttachServer(host.linux, attachSocket(host.paths, state.id), {
        input: (data) => this.#type(data),
        endOfInput: () => {
          if (state.asked?.stdinOnce !== false) this.#endInput();
        },
        windowSize: (columns, rows) => {
          const { terminal } = this.#c;
          if (terminal !== null) host.linux.setWindowSize(terminal, columns, rows);
        },
        flow: (open) => this.#setFlow(open),
      });
    } catch (error) {
      // the folder is being removed, or has no room: nobody can attach, the container goes on
      if (!isErrno(error, "ENOENT", "ENOSPC", "EADDRINUSE")) throw error;
    }
  }

  /** Reads the container's output, or leaves it in its pipe while somebody who is attached does not read. */
  #setFlow(open: boolean): void {
    for (const stream of this.#streams) {
      stream.watch?.dispose();
      stream.watch = open ? this.#c.host.linux.onReadable(stream.fd, () => this.#read(stream)) : null;
    }
  }

  #read(stream: Stream): void {
    let data: Uint8Array;
    try {
      data = this.#c.host.linux.read(stream.fd, CHUNK_BYTES);
    } catch (error) {
      if (isErrno(error, "EAGAIN")) return;
      data = new Uint8Array(); // EIO: the last holder of the terminal's slave is gone
    }
    if (data.length > 0) {
      this.#client?.write(stream.name, data);
      this.#server?.send(stream.name === "stdout" ? "o" : "e", data);
      this.#log.append(stream.name, data);
      return;
    }
    stream.watch?.dispose();
    this.#streams = this.#streams.filter((other) => other !== stream);
    this.#endWhenDrained();
  }

  #type(data: Uint8Array): void {
    const target = this.#c.terminal ?? this.#c.stdio.input;
    if (target === null) return;
    this.#sink ??= startSink(this.#c.host.linux, target, (full) => {
      this.#client?.hold(full);
      this.#server?.holdInput(full);
    });
    this.#sink.write(data);
  }

  #endInput(): void {
    const { stdio, host } = this.#c;
    if (stdio.input === null) return;
    const { input } = stdio;
    const close = () => host.linux.close(input);
    this.#c.stdio = { ...stdio, input: null };
    if (this.#sink) this.#sink.end(close);
    else close();
    this.#sink = null;
  }

  #letGo(): void {
    this.#client = null;
  }

  #endWhenDrained(): void {
    if (!this.#result || this.#streams.length > 0) return;
    const { exitCode, signal } = this.#result;
    this.#ended(exitCode ?? 128 + (signal ?? 0));
  }

  #ended(exitCode: number): void {
    this.#health?.dispose();
    this.#health = null;
    if (this.#serverTimer) clearTimeout(this.#serverTimer);
    this.#server?.endRun(exitCode);
    this.#client?.restoreTerminal();
    this.#log.close();
    const { state } = this.#c;
    const now = state.restart ? readState(this.#c.host.paths, state.id) : null;
    const delayMs = this.#backoff.next(now?.restart ?? NO_RESTART, {
      exitCode,
      ranMs: Date.now() - (this.#c.state.startedMs ?? 0),
      restartCount: now?.restartCount ?? 0,
      stopRequested: now?.stopRequested === true,
    });
    if (delayMs === null) this.#last(exitCode);
    else this.#restartIn(delayMs, exitCode);
  }

  /** What it has of networks now, and nobody looks after any more. */
  #takeNetwork(): NetworkSettings {
    const network = this.#networks?.network ?? this.#c.state.network;
    this.#networks?.dispose();
    this.#networks = null;
    return network;
  }

  /** The cgroup's own count, before the cgroup goes. */
  #cleanUp(exitCode: number, status: "exited" | "restarting"): ContainerState | null {
    const { host, state, cgroupFolder } = this.#c;
    const oomKilled = (flatKey(cgroupFolder, "memory.events", "oom_kill") ?? 0) > 0;
    emptyAndRemove(host, cgroupFolder);
    const { endpoints, ports } = this.#takeNetwork();
    giveBack(host, endpoints, ports);
    const error = this.#log.failed ? `its log could not be kept: ${this.#log.failed.message}` : "";
    // Read again: `box update` and `box rename` write to it while the container runs.
    const written = changeState(host, state.id, (current) => ({
      ...current,
      status,
      pid: null,
      supervisorPid: status === "exited" ? null : current.supervisorPid,
      exitCode,
      network: { ...current.network, endpoints: [], ports: [] },
      oomKilled,
      error,
      finishedMs: Date.now(),
    }));
    const how = { exitCode: String(exitCode) };
    const events = [...(oomKilled ? [containerEvent(state, "oom")] : []), containerEvent(written ?? state, "die", how)];
    emitEvents(host.paths, events);
    trimJournal(host.paths);
    return written;
  }

  #last(exitCode: number): void {
    const { host, state, stepPort, lock } = this.#c;
    if (state.autoRemove) {
      const { id } = state;
      const isRenamed = idOfName(host.paths, state.name) !== id;
      const name = isRenamed ? (readState(host.paths, id)?.name ?? "") : state.name;
      const context = { host, id, name, network: this.#takeNetwork(), volumes: anonymousVolumes(state) };
      runSteps(deleteSteps, context, stepReporter(host.linux, stepPort, { id, name }, "delete"));
      const how = { exitCode: String(exitCode) };
      emitEvents(host.paths, [containerEvent(state, "die", how), containerEvent(state, "destroy")]);
      trimJournal(host.paths);
    } else this.#cleanUp(exitCode, "exited");
    if (!this.#server) {
      this.#finish(exitCode);
      return;
    }
    // who still reads the end must not keep others from seeing that it is one
    host.linux.close(lock);
    this.#server.closeWhenRead(() => this.#finish(exitCode));
  }

  /** The command that waits for it has seen its end; what follows is the policy's. */
  #restartIn(delayMs: number, exitCode: number): void {
    this.#client?.release(exitCode);
    this.#sink?.dispose();
    this.#sink = null;
    this.#server?.close();
    this.#server = null;
    const { state, host, lock } = this.#c;
    // `docker stop` in the time between two runs; before the state says that there is such a time
    this.#stopSignal ??= host.linux.onSignal(SIGUSR1, () => this.#wakeUp());
    this.#c.closeFds();
    if (!this.#cleanUp(exitCode, "restarting")) {
      this.#finish(exitCode);
      return;
    }
    const goOn = () => {
      clearTimeout(timer);
      this.#wakeUp = () => {};
      // a stop that comes now waits until there is something to stop
      const goesOn = withStateLocked(host, state.id, () => this.#startOrEnd(lock));
      if (goesOn) this.#begin();
      else this.#finish(exitCode);
    };
    const timer = setTimeout(goOn, delayMs);
    this.#wakeUp = goOn;
  }

  /** false: that was its end. */
  #startOrEnd(lock: number): boolean {
    const { host, state } = this.#c;
    const current = readState(host.paths, state.id);
    if (!current) return false;
    const ended: ContainerState = { ...current, status: "exited", supervisorPid: null };
    if (current.stopRequested) {
      writeState(host.paths, ended);
      return false;
    }
    const restartCount = (current.restartCount ?? 0) + 1;
    this.#c.lock = lock;
    try {
      this.#c = startAgain(this.#c, { ...current, restartCount, exitCode: null, finishedMs: null, oomKilled: false });
    } catch (error) {
      writeState(host.paths, { ...ended, error: (error as Error).message });
      return false;
    }
    emitEvents(host.paths, [containerEvent(current, "start")]);
    this.#log = new LogWriter(host.linux, logFile(this.#c.diskFolder, current.id));
    return true;
  }
}
