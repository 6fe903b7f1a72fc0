/**
 * One run of the guest, from restore or cold boot to its end: the emulator with everything that hangs on its ports
 * and on its slices. A reset ends the session and starts another; nothing is carried over.
 *
 * All periodic work hangs on `afterSlice`, when the guest stands still: v86 calls it about every millisecond while
 * the CPU is busy and at least every 100 ms while it idles, so no timer of ours wakes an idle or paused machine.
 */
import type { V86Options } from "v86";
import type { AgentMethod, AgentMethods } from "../protocol/agent.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { type MachineNotice, TERMINALS, type TerminalId } from "../protocol/machine.ts";
import { type AgentClient, createAgentClient } from "./agent-client.ts";
import { createEmulator, type Emulator, type EmulatorListener, type Port } from "./emulator.ts";
import { createGovernor, type Governor, type JitMode } from "./governor.ts";
import { createHangWatch } from "./hang-watch.ts";
import type { MachineHost } from "./host.ts";
import { createKernelLog } from "./kernel-log.ts";
import { createLineSplitter } from "./line-splitter.ts";
import { createGuestLink, type GuestLink } from "./network/guest-link.ts";
import { MAX_STEP_BYTES, parseRuntimeStep } from "./runtime-step-parser.ts";
import { createSliceClock } from "./slice-clock.ts";
import { createTerminalPort, type TerminalPort } from "./terminal-port.ts";

const PORT_OF: Readonly<Record<TerminalId, Port>> = { hvc0: 0, hvc2: 2 };
const AGENT_PORT: Port = 1;
const STEP_PORT: Port = 3;
/** While the guest floods a terminal, its output is handed over this often. */
const FLUSH_MS = 8;
/** A panic that does not come to the end of its message is taken as it is after this. */
const PANIC_TELLS_MS = 500;
/** Lines that the machine itself adds to the kernel log. */
const MACHINE_LOG_MARK = "virtio-9p:";

export interface SessionEvents {
  notify(notice: MachineNotice): void;
  onCrash(reason: "panic" | "hang", lastWords: string): void;
  /** The guest asked for a reboot. */
  onReboot(): void;
  /** The guest stands still; its memory may be read. `sleepMs` is 0 while it has more to do. */
  onSlice(session: Session, nowMs: number, sleepMs: number): void;
}

export interface Session {
  readonly emulator: Emulator;
  readonly agent: AgentClient;
  readonly governor: Governor;
  /** The page's end of the guest's network card. */
  readonly network: GuestLink;
  input(terminal: TerminalId, data: Uint8Array): void;
  resize(terminal: TerminalId, columns: number, rows: number): void;
  /** Hands over at once what the guest has written. */
  flush(): void;
  end(): Promise<void>;
}

export interface SessionParts {
  readonly host: MachineHost;
  readonly options: V86Options;
  /** May still be on its way; null for a cold boot. */
  readonly state: Promise<ArrayBuffer> | null;
  readonly layout: KernelLayout;
  /** CLOCK_BOOTTIME out of guest RAM, ns. */
  readonly guestTimeNs: (ram: Uint8Array) => number;
  readonly jit: JitMode;
  /** A file of the 9p tree, by its name in the pool; rejects when it cannot be had. */
  readonly loadTreeFile: (name: string) => Promise<ArrayBuffer>;
}

export async function startSession(parts: SessionParts, events: SessionEvents): Promise<Session> {
  const { V86, module } = await parts.host.loadV86();
  const { host } = parts;
  let ended = false;
  let session: Session | null = null;
  let lastFlushMs = 0;

  const nowNs = (): number => parts.guestTimeNs(emulator.memory());
  const log = createKernelLog(nowNs);
  const steps = createLineSplitter(MAX_STEP_BYTES, (line) => {
    const step = parseRuntimeStep(line);
    if (step) events.notify({ type: "step", step });
  });
  const terminals = new Map<TerminalId, TerminalPort>(
    TERMINALS.map((id) => [id, createTerminalPort((data) => emulator.send(PORT_OF[id], data))]),
  );

  const flush = (nowMs: number): void => {
    lastFlushMs = nowMs;
    for (const [terminal, port] of terminals) {
      const data = port.takeOutput();
      if (data) events.notify({ type: "output", terminal, data });
    }
    const lines = log.take();
    if (lines.length > 0) events.notify({ type: "kernel-log", lines });
  };

  let panickedAtMs: number | null = null;
  const panicWatch = (nowMs: number): void => {
    if (log.panic() === "none") return;
    panickedAtMs ??= nowMs;
    const told = log.panic() === "told" || nowMs - panickedAtMs > PANIC_TELLS_MS;
    if (told) events.onCrash("panic", log.lastWords());
  };

  const listener: EmulatorListener = {
    onConsole(port, data) {
      if (port === AGENT_PORT) agent.receive(data);
      else if (port === STEP_PORT) steps.push(data);
      else terminals.get(port === 0 ? "hvc0" : "hvc2")?.collectOutput(data);
    },
    onFrame: (frame) => network.receive(frame),
    onSerialByte: (byte) => log.push(byte),
    onReboot: () => events.onReboot(),
    onCompile: () => governor.onCompile(),
    afterSlice(sleepMs) {
      if (ended || !session) return;
      const nowMs = host.now();
      for (const port of terminals.values()) port.pumpInput();
      governor.afterSlice(nowMs, sleepMs);
      hang.afterSlice(nowMs, sleepMs > 0);
      panicWatch(nowMs);
      events.onSlice(session, nowMs, sleepMs);
      if (sleepMs > 0 || nowMs - lastFlushMs >= FLUSH_MS) flush(nowMs);
    },
  };
  const clock = createSliceClock(() => host.now());
  const emulator = await createEmulator(V86, module, parts.options, listener, clock);
  const network = createGuestLink((frame) => emulator.sendFrame(frame));
  const agent = createAgentClient((data) => emulator.send(AGENT_PORT, data), Math.floor(host.epochMs() / 1_000));
  const governor = createGovernor(parts.jit, emulator);
  const hang = createHangWatch(emulator, parts.layout, agent, () => events.onCrash("hang", log.lastWords()));
  try {
    if (parts.state) await emulator.restore(await parts.state);
  } catch (error) {
    await emulator.destroy();
    throw error;
  }
  emulator.serveTreeFrom(parts.loadTreeFile, (path, reason) => {
    const text = `${MACHINE_LOG_MARK} ${path}: ${reason}; reading it fails with EIO until it can be loaded`;
    events.notify({ type: "kernel-log", lines: [{ text, atNs: nowNs() }] });
  });
  governor.start();
  await emulator.run();

  session = {
    emulator,
    agent,
    governor,
    network,
    input(terminal, data) {
      const port = terminals.get(terminal);
      port?.queueInput(data);
      if (emulator.running()) port?.pumpInput();
    },
    resize: (terminal, columns, rows) => emulator.resize(PORT_OF[terminal], columns, rows),
    flush: () => flush(host.now()),
    async end() {
      if (ended) return;
      ended = true;
      agent.close();
      network.end();
      await emulator.destroy();
    },
  };
  return session;
}

/** Asks the agent and returns the result; a refusal becomes an error that names method and code. */
export async function askAgent<M extends AgentMethod>(
  agent: AgentClient,
  method: M,
  params: AgentMethods[M]["params"],
  timeoutMs: number,
): Promise<AgentMethods[M]["result"]> {
  const answer = await agent.ask(method, params, timeoutMs);
  if (!answer.ok) throw new Error(`agent ${method}: ${answer.code}: ${answer.message}`);
  return answer.result as AgentMethods[M]["result"];
}
