/**
 * A machine under Node, from a built guest image: the same core as in the browser, with promises for what tests and
 * tools wait for. `boot` resolves when the prompt answers; output is collected a terminal and can be awaited.
 */
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { AgentMethod, AgentMethods } from "../protocol/agent.ts";
import type { BootState, MachineNotice, TerminalId } from "../protocol/machine.ts";
import type { JitMode } from "./governor.ts";
import type { MachineHost } from "./host.ts";
import { Machine } from "./machine.ts";
import { nodeHost } from "./node-host.ts";
import { askAgent, type Session } from "./session.ts";

export interface NodeMachine {
  readonly machine: Machine;
  /** Every notice so far, in order; none with `keepsNotices: false`. */
  readonly notices: readonly MachineNotice[];
  /** All that a terminal has shown. */
  screen(terminal: TerminalId): string;
  type(terminal: TerminalId, text: string): void;
  /** Hears every notice from now on. */
  listen(listener: (notice: MachineNotice) => void): { dispose(): void };
  /** Resolves when what the guest has written so far has been handed over. */
  flushed(): Promise<void>;
  session(): Session;
  ask<M extends AgentMethod>(
    method: M,
    params: AgentMethods[M]["params"],
    timeoutMs?: number,
  ): Promise<AgentMethods[M]["result"]>;
  /** Resolves with the first notice, from the next on, that `match` accepts; rejects after `timeoutMs`. */
  until<T>(
    what: string,
    match: (notice: MachineNotice) => T | null | undefined | false,
    timeoutMs?: number,
  ): Promise<T>;
  /** Resolves with the match when the terminal's output from now on (or from `from`) matches. */
  untilScreen(terminal: TerminalId, pattern: RegExp, timeoutMs?: number, from?: number): Promise<RegExpExecArray>;
  end(): Promise<void>;
}

/** For what never comes: nothing takes that long, on a machine that has other work too. */
const DEFAULT_TIMEOUT_MS = 300_000;

export interface NodeMachineOptions {
  readonly jit?: JitMode;
  readonly watchHz?: number;
  readonly onNotice?: (notice: MachineNotice) => void;
  readonly timeoutMs?: number;
  /** False where a machine runs for long: `notices` stays empty. */
  readonly keepsNotices?: boolean;
  /** Another than Node as it is, e.g. with a clock of its own. */
  readonly host?: MachineHost;
}

/** Starts the image in `imageDir` (the folder of its manifest.json) and waits until it is ready. */
export async function startNodeMachine(imageDir: string, options: NodeMachineOptions = {}): Promise<NodeMachine> {
  const notices: MachineNotice[] = [];
  const listeners = new Set<(notice: MachineNotice) => void>();
  const screens = new Map<TerminalId, string>();
  const decoders = new Map<TerminalId, TextDecoder>();
  if (options.onNotice) listeners.add(options.onNotice);

  const machine = new Machine(options.host ?? nodeHost, (notice) => {
    if (notice.type === "output") {
      const decoder = decoders.get(notice.terminal) ?? new TextDecoder();
      decoders.set(notice.terminal, decoder);
      const text = decoder.decode(notice.data, { stream: true });
      screens.set(notice.terminal, (screens.get(notice.terminal) ?? "") + text);
    }
    if (options.keepsNotices !== false) notices.push(notice);
    for (const listener of [...listeners]) listener(notice);
  });

  const until: NodeMachine["until"] = (what, match, timeoutMs = DEFAULT_TIMEOUT_MS) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        listeners.delete(listener);
        reject(new Error(`${what}: did not happen in ${timeoutMs} ms`));
      }, timeoutMs);
      const listener = (notice: MachineNotice): void => {
        const found = match(notice);
        if (found === null || found === undefined || found === false) return;
        clearTimeout(timer);
        listeners.delete(listener);
        resolve(found);
      };
      listeners.add(listener);
    });

  const screen = (terminal: TerminalId): string => screens.get(terminal) ?? "";
  const started: NodeMachine = {
    machine,
    notices,
    screen,
    until,
    type: (terminal, text) => machine.handle({ type: "input", terminal, data: new TextEncoder().encode(text) }),
    listen(listener) {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
    async flushed() {
      started.session().flush();
    },
    session() {
      if (!machine.running) throw new Error("the machine does not run");
      return machine.running;
    },
    ask: (method, params, timeoutMs = DEFAULT_TIMEOUT_MS) =>
      askAgent(started.session().agent, method, params, timeoutMs),
    async untilScreen(terminal, pattern, timeoutMs = DEFAULT_TIMEOUT_MS, from = screen(terminal).length) {
      const match = (): RegExpExecArray | null => pattern.exec(screen(terminal).slice(from));
      return match() ?? (await until(`${terminal} to show ${pattern}`, match, timeoutMs));
    },
    end: () => machine.end(),
  };

  const booted = until(
    "the guest to be ready",
    ({ type, ...rest }) => settledState(type, rest),
    options.timeoutMs ?? 300_000,
  );
  if (options.watchHz !== undefined) machine.handle({ type: "watch", hz: options.watchHz });
  machine.handle({
    type: "boot",
    manifestUrl: pathToFileURL(path.join(imageDir, "manifest.json")).href,
    v86Url: "",
    wasmUrl: "",
    jit: options.jit ?? "governed",
  });
  const boot = await booted;
  if (boot.state !== "ready") {
    await started.end();
    throw new Error(`${imageDir}: ${boot.state}: ${"detail" in boot ? boot.detail : JSON.stringify(boot)}`);
  }
  return started;
}

function settledState(type: MachineNotice["type"], rest: object): BootState | null {
  if (type !== "boot-state") return null;
  const { boot } = rest as { boot: BootState };
  return ["ready", "failed", "crashed"].includes(boot.state) ? boot : null;
}
