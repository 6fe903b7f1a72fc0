/**
 * The page's side of the worker that owns the machine: typed requests down, typed notices up.
 *
 * A hidden tab pauses the machine and a shown one resumes it; an embed that scrolls out of sight sends the same
 * `visibility` request itself. A worker that dies (out of memory, say) is told as the boot state "failed".
 */
import type { AgentAnswer, AgentMethod, AgentMethods } from "../protocol/agent.ts";
import type { HttpAnswer, HttpRequest } from "../protocol/http.ts";
import type { MachineNotice, MachineRequest } from "../protocol/machine.ts";
import type { WorkerMessage } from "../protocol/snapshot-delta.ts";
import { takeEarlyWorker } from "./early-start.ts";
import { createSnapshotReceiver } from "./snapshot-transfer.ts";
import { type MachineUrls, machineUrls } from "./urls.ts";

const ASK_TIMEOUT_MS = 30_000;

export interface MachineClient {
  send(request: MachineRequest): void;
  /** Returns the function that ends the subscription. */
  subscribe(listener: (notice: MachineNotice) => void): () => void;
  /** Asks the guest's agent. A refusal rejects with AgentRefused. */
  ask<M extends AgentMethod>(
    method: M,
    params: AgentMethods[M]["params"],
    timeoutMs?: number,
  ): Promise<AgentMethods[M]["result"]>;
  /** HTTP to a port of the guest, through its network card. */
  http(request: HttpRequest): Promise<HttpAnswer>;
  dispose(): void;
}

export class AgentRefused extends Error {
  readonly code: string;
  constructor(method: AgentMethod, code: string, message: string) {
    super(`${method}: ${code}: ${message}`);
    this.code = code;
  }
}

type Ask = Extract<MachineRequest, { type: "ask" }>;

export function createMachineClient(urls: MachineUrls = machineUrls()): MachineClient {
  const early = takeEarlyWorker(urls.workerUrl);
  const worker = early?.worker ?? new Worker(urls.workerUrl, { type: "module", name: "glassbox machine" });
  const listeners = new Set<(notice: MachineNotice) => void>();
  const open = new Map<number, (answer: AgentAnswer) => void>();
  const openHttp = new Map<number, (answer: HttpAnswer) => void>();
  let nextId = 1;

  const tell = (notice: MachineNotice): void => {
    for (const listener of [...listeners]) listener(notice);
  };
  const send = (request: MachineRequest): void => worker.postMessage(request);

  const receiveSnapshot = createSnapshotReceiver();
  const hear = (message: WorkerMessage): void => {
    if (message.type === "answer") {
      open.get(message.id)?.(message.answer);
      open.delete(message.id);
    }
    if (message.type === "http-answer") {
      openHttp.get(message.id)?.(message.answer);
      openHttp.delete(message.id);
    }
    tell(message.type === "snapshot-delta" ? receiveSnapshot(message) : message);
  };
  worker.onerror = (event) => {
    const detail = event.message || `${urls.workerUrl}: the worker could not be started`;
    tell({ type: "boot-state", boot: { state: "failed", code: "internal", detail } });
  };

  const onVisibility = (): void => send({ type: "visibility", visible: document.visibilityState === "visible" });
  document.addEventListener("visibilitychange", onVisibility);
  if (document.visibilityState === "hidden") onVisibility();
  // Told after the caller has subscribed; what arrives meanwhile queues up behind.
  const waiting = early?.notices ?? [];
  worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
    if (waiting.length > 0) waiting.push(data);
    else hear(data);
  };
  if (waiting.length > 0)
    queueMicrotask(() => {
      for (const message of waiting.splice(0)) hear(message);
    });

  return {
    send,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ask(method, params, timeoutMs = ASK_TIMEOUT_MS) {
      const id = nextId++;
      return new Promise((resolve, reject) => {
        open.set(id, (answer) => {
          if (answer.ok) resolve(answer.result as AgentMethods[typeof method]["result"]);
          else reject(new AgentRefused(method, answer.code, answer.message));
        });
        send({ type: "ask", id, method, params, timeoutMs } as Ask);
      });
    },
    http(request) {
      const id = nextId++;
      return new Promise((resolve) => {
        openHttp.set(id, resolve);
        send({ type: "http", id, request });
      });
    },
    dispose() {
      document.removeEventListener("visibilitychange", onVisibility);
      worker.terminate();
      listeners.clear();
      for (const answer of open.values())
        answer({ id: 0, ok: false, code: "GUEST_GONE", message: "the machine was closed" });
      open.clear();
      for (const answer of openHttp.values())
        answer({ ok: false, reason: "no-machine", detail: "the machine was closed" });
      openHttp.clear();
    },
  };
}
