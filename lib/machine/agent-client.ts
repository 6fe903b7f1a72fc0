/**
 * The page's side of hvc1: requests to the guest's agent, framed as lib/protocol/agent.ts says.
 *
 * Stop and wait: one line is on its way at a time, sent again until its sequence number is acknowledged, because v86
 * drops input that the guest has no buffer for. Sequence numbers go on from the clock, not from 1: a restored guest
 * remembers the numbers that its snapshot's builder used. Answers are matched by id and validated; anything else on
 * the line is ignored and counted. Every request ends: with its answer, TIMEOUT, or GUEST_GONE.
 */
import {
  ACK_TIMEOUT_MS,
  AGENT_VERSION,
  type AgentAnswer,
  type AgentMethod,
  type AgentMethods,
  type AgentRefusal,
  MAX_LINE_BYTES,
} from "../protocol/agent.ts";
import { createLineSplitter } from "./line-splitter.ts";

/** Two streams of 64 KiB, each byte at worst a \u escape of six characters. */
const MAX_ANSWER_BYTES = 1_048_576;
/** `Q <seq> <id> <more> ` and the newline. */
const FRAME_BYTES = 32;

export interface AgentClient {
  ask<M extends AgentMethod>(method: M, params: AgentMethods[M]["params"], timeoutMs: number): Promise<AgentAnswer>;
  receive(data: Uint8Array): void;
  /** Ends every open request with GUEST_GONE; nothing is sent any more. */
  close(): void;
  /** Lines that were neither acknowledgement nor answer to an open request. */
  ignored(): number;
}

interface OpenRequest {
  readonly answer: (answer: AgentAnswer) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

interface Frame {
  readonly seq: number;
  readonly id: number;
  readonly bytes: Uint8Array;
}

const refusal = (id: number, code: AgentRefusal, message: string): AgentAnswer => ({ id, ok: false, code, message });

/** ASCII only: what lies beyond is written as \u escapes, so a fragment never cuts a character. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

export function createAgentClient(send: (data: Uint8Array) => void, firstSeq: number): AgentClient {
  const encoder = new TextEncoder();
  const open = new Map<number, OpenRequest>();
  const queue: Frame[] = [];
  let nextSeq = firstSeq;
  let nextId = 1;
  let ignored = 0;
  let closed = false;
  let retry: ReturnType<typeof setTimeout> | null = null;

  const sendFirst = (): void => {
    if (retry !== null) clearTimeout(retry);
    retry = null;
    while (queue[0] && !open.has(queue[0].id)) queue.shift();
    const frame = queue[0];
    if (!frame || closed) return;
    send(frame.bytes);
    retry = setTimeout(sendFirst, ACK_TIMEOUT_MS);
  };

  const finish = (id: number, answer: AgentAnswer): void => {
    const request = open.get(id);
    if (!request) return;
    open.delete(id);
    clearTimeout(request.timer);
    request.answer(answer);
  };

  const acknowledge = (seq: number): void => {
    if (queue[0]?.seq !== seq) {
      ignored++;
      return;
    }
    queue.shift();
    sendFirst();
  };

  const splitter = createLineSplitter(MAX_ANSWER_BYTES, (line) => {
    const ack = /^K (\d{1,10})$/.exec(line);
    if (ack) return acknowledge(Number(ack[1]));
    const answer = parseAnswer(line);
    if (answer && open.has(answer.id)) finish(answer.id, answer);
    else ignored++;
  });

  return {
    ask(method, params, timeoutMs) {
      const id = nextId++;
      if (closed) return Promise.resolve(refusal(id, "GUEST_GONE", "the machine is gone; reset it"));
      const text = asciiJson({ v: AGENT_VERSION, id, method, params });
      const room = MAX_LINE_BYTES - FRAME_BYTES;
      for (let at = 0; at < text.length; at += room) {
        const more = at + room < text.length ? 1 : 0;
        const seq = nextSeq++;
        queue.push({ seq, id, bytes: encoder.encode(`Q ${seq} ${id} ${more} ${text.slice(at, at + room)}\n`) });
      }
      return new Promise((answer) => {
        const timer = setTimeout(
          () => finish(id, refusal(id, "TIMEOUT", `${method}: no answer in ${timeoutMs} ms`)),
          timeoutMs,
        );
        open.set(id, { answer, timer });
        if (retry === null) sendFirst();
      });
    },
    receive: (data) => splitter.push(data),
    close() {
      closed = true;
      if (retry !== null) clearTimeout(retry);
      retry = null;
      queue.length = 0;
      for (const id of [...open.keys()]) finish(id, refusal(id, "GUEST_GONE", "the machine was stopped"));
    },
    ignored: () => ignored,
  };
}

/** null where the line is no answer. */
function parseAnswer(line: string): AgentAnswer | null {
  const match = /^A (\d{1,10}) (.*)$/s.exec(line);
  if (!match) return null;
  let json: unknown;
  try {
    json = JSON.parse(match[2] ?? "");
  } catch {
    return null;
  }
  if (typeof json !== "object" || json === null) return null;
  const fields = json as Record<string, unknown>;
  const id = Number(match[1]);
  if (fields.ok === true) return { id, ok: true, result: fields.result ?? null };
  if (fields.ok !== false || typeof fields.code !== "string" || typeof fields.message !== "string") return null;
  return { id, ok: false, code: fields.code, message: fields.message };
}
