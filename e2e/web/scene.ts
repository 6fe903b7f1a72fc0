/**
 * A recorded scene of the real guest: what the worker told a page, to be told again the same at every run. One JSON object a line
 * (scene.jsonl): the agent's list of containers, output of the terminals, lines of the kernel log, steps of the runtime, and moments of the kernel, each followed
 * by its events and by the entries of its lists that the moment before had not (lib/protocol/snapshot-delta.ts).
 *
 * `npx tsx e2e/web/record-scene.ts` records it anew.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { AgentMethods } from "../../lib/protocol/agent.ts";
import type { KernelEvent } from "../../lib/protocol/kernel-event.ts";
import type { LogLine, TerminalId } from "../../lib/protocol/machine.ts";
import type { RuntimeStep } from "../../lib/protocol/runtime-step.ts";
import {
  type ListDelta,
  SNAPSHOT_LISTS,
  type SnapshotDelta,
  type SnapshotList,
  type WorkerMessage,
} from "../../lib/protocol/snapshot-delta.ts";

const FILE = path.join(import.meta.dirname, "scene.jsonl");

type Line =
  | { readonly list: AgentMethods["list"]["result"] }
  | { readonly output: TerminalId; readonly text: string }
  | { readonly log: LogLine }
  | { readonly step: RuntimeStep }
  /** `from` of each list that changed. */
  | { readonly moment: SnapshotDelta["rest"]; readonly lists: { readonly [List in SnapshotList]?: readonly number[] } }
  | { readonly event: KernelEvent }
  | Entry;

/** An entry of one list. */
type Entry = { readonly [List in SnapshotList]?: object };

export function writeScene(messages: readonly WorkerMessage[]): number {
  const text = messages
    .flatMap(linesOf)
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("");
  writeFileSync(FILE, text);
  return text.length;
}

/** The worker's messages in their order; numbers of `from` are a plain array. */
export function readScene(): readonly WorkerMessage[] {
  const messages: WorkerMessage[] = [];
  for (const text of readFileSync(FILE, "utf8").trimEnd().split("\n")) take(messages, JSON.parse(text) as Line);
  return messages;
}

function linesOf(message: WorkerMessage): readonly Line[] {
  switch (message.type) {
    case "answer":
      return message.answer.ok ? [{ list: message.answer.result as AgentMethods["list"]["result"] }] : [];
    case "output":
      return [{ output: message.terminal, text: new TextDecoder().decode(message.data) }];
    case "kernel-log":
      return message.lines.map((log) => ({ log }));
    case "step":
      return [{ step: message.step }];
    case "snapshot-delta": {
      const changed = SNAPSHOT_LISTS.flatMap((name) => {
        const list = message.lists[name];
        return list ? [{ name, list }] : [];
      });
      const lists = Object.fromEntries(changed.map(({ name, list }) => [name, [...list.from]]));
      return [
        { moment: message.rest, lists },
        ...message.events.map((event) => ({ event })),
        ...changed.flatMap(({ name, list }) => list.items.map((item) => ({ [name]: item }))),
      ];
    }
    default:
      return [];
  }
}

function take(messages: WorkerMessage[], line: Line): void {
  if ("list" in line) messages.push({ type: "answer", id: 0, answer: { id: 0, ok: true, result: line.list } });
  else if ("output" in line)
    messages.push({ type: "output", terminal: line.output, data: new TextEncoder().encode(line.text) });
  else if ("log" in line) messages.push({ type: "kernel-log", lines: [line.log] });
  else if ("step" in line) messages.push({ type: "step", step: line.step });
  else if ("moment" in line) {
    const lists = Object.fromEntries(
      Object.entries(line.lists).map(([name, from]): [string, ListDelta] => [
        name,
        { from: Int32Array.from(from), items: [] },
      ]),
    );
    messages.push({ type: "snapshot-delta", rest: line.moment, lists, events: [], wallMs: 0 });
  } else {
    const moment = messages.at(-1);
    if (moment?.type !== "snapshot-delta")
      throw new Error(`scene.jsonl: belongs to no moment: ${JSON.stringify(line)}`);
    if ("event" in line) (moment.events as KernelEvent[]).push(line.event);
    for (const name of SNAPSHOT_LISTS) {
      const item = (line as Entry)[name];
      if (item) (moment.lists[name]?.items as object[] | undefined)?.push(item);
    }
  }
}
