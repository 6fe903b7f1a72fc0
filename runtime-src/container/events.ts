/**
 * The journal behind `docker events`: one JSON line an event in /run/box/events, several of one moment in one append.
 * An event that cannot be written is lost: nothing that happens to a container waits for somebody to hear of it.
 * Kept short by renaming it to events.1 once it is long; readers follow both.
 */
import { appendFileSync, renameSync, statSync } from "node:fs";
import type { Paths } from "./paths.ts";

export interface BoxEvent {
  readonly timeMs: number;
  readonly type: "container" | "image" | "volume" | "network";
  readonly action: string;
  /** Of the container, image, network; the name of a volume. */
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const MAX_BYTES = 131_072;

export const eventJournal = ({ run }: Paths): string => `${run}/events`;

export type EventBody = Omit<BoxEvent, "timeMs">;

export function emitEvents(paths: Paths, events: readonly EventBody[]): void {
  const timeMs = Date.now();
  try {
    appendFileSync(eventJournal(paths), events.map((event) => `${JSON.stringify({ timeMs, ...event })}\n`).join(""));
  } catch {
    // a full disk, a folder that is not there yet
  }
}

interface Subject {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** As docker: the image, the name and the labels are attributes of whatever happens to a container. */
export const containerEvent = (
  { id, name, image, labels }: Subject,
  action: string,
  more: Readonly<Record<string, string>> = {},
): EventBody => ({ type: "container", action, id, attributes: { ...labels, ...more, image, name } });

/** `id` is the image's, or the name that was pulled. */
export const imageEvent = (id: string, action: string, name: string): EventBody => ({
  type: "image",
  action,
  id,
  attributes: { name },
});

interface NamedNetwork {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
}

/** `container` is the id of who joins or leaves. */
export const networkEvent = ({ id, name, driver }: NamedNetwork, action: string, container?: string): EventBody => ({
  type: "network",
  action,
  id,
  attributes: { ...(container === undefined ? {} : { container }), name, type: driver },
});

/** So that neither the first event nor the first trimming makes a new file. */
export function openJournal(paths: Paths): void {
  for (const file of [eventJournal(paths), `${eventJournal(paths)}.1`]) appendFileSync(file, "");
}

/** Called where there is time for it. */
export function trimJournal(paths: Paths): void {
  const file = eventJournal(paths);
  try {
    if (statSync(file).size <= MAX_BYTES) return;
    renameSync(file, `${file}.1`);
    appendFileSync(file, "");
  } catch {
    // none yet
  }
}
