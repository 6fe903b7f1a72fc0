/** `docker events`: what the journal has and what comes, until it is interrupted or --until is reached. */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { type BoxEvent, eventJournal } from "../container/events.ts";
import { isErrno } from "../container/host.ts";
import { type Filters, nameMatcher, parseFilters } from "./filter.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { compileFormat, TEMPLATE_FAILED } from "./format.ts";
import { CommandError, type Runtime, type Verb } from "./runtime.ts";
import { humanTimeMs } from "./since.ts";
import { requireWords } from "./word-count.ts";

const FLAGS: readonly Flag[] = [
  { name: "filter", short: "f", kind: "list", help: "Filter output based on conditions provided" },
  { name: "format", kind: "text", help: "Format output: json or a Go template" },
  { name: "since", kind: "text", help: "Show all events created since timestamp" },
  { name: "until", kind: "text", help: "Stream events until this timestamp" },
];

const FILTERS = ["container", "event", "image", "label", "network", "type", "volume"];
const LOOK_EVERY_MS = 100;
const CHUNK_BYTES = 65_536;

/** Follows the journal through its renaming. */
class JournalReader {
  readonly #path: string;
  #fd = -1;
  #inode = 0;
  #rest = "";

  constructor(path: string) {
    this.#path = path;
  }

  skipToEnd(): void {
    while (this.next().length > 0);
  }

  next(): BoxEvent[] {
    const events = this.#readOn();
    if (events.length > 0) return events;
    const now = this.#inodeNow();
    if (now === this.#inode || now === 0) return [];
    this.#open(this.#path);
    return this.#readOn();
  }

  #inodeNow(): number {
    try {
      return statSync(this.#path).ino;
    } catch (error) {
      if (isErrno(error, "ENOENT")) return 0;
      throw error;
    }
  }

  #open(path: string): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = openSync(path, "r");
    this.#inode = this.#inodeNow();
    this.#rest = "";
  }

  #readOn(): BoxEvent[] {
    if (this.#fd < 0) return [];
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const size = readSync(this.#fd, chunk, 0, CHUNK_BYTES, null);
    const lines = (this.#rest + chunk.toString("utf8", 0, size)).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.map((line) => JSON.parse(line) as BoxEvent);
  }
}

function wanted(filters: Filters): (event: BoxEvent) => boolean {
  const isObject = (type: string, { type: own, id, attributes }: BoxEvent, value: string) =>
    own === type && (id.startsWith(value) || nameMatcher(`^${value}$`)(attributes.name ?? id));
  return (event) =>
    filters.matches("type", (value) => event.type === value) &&
    filters.matches("event", (value) => event.action === value || event.action.startsWith(`${value}:`)) &&
    ["container", "volume", "network"].every((type) =>
      filters.matches(type, (value) => isObject(type, event, value)),
    ) &&
    filters.matches("image", (value) => [event.id, event.attributes.image, event.attributes.name].includes(value)) &&
    filters.matchesLabels(event.attributes);
}

/** docker's API object. */
const asDocker = ({ timeMs, type, action, id, attributes }: BoxEvent) => ({
  ...(type === "container" ? { status: action, id, from: attributes.image } : {}),
  Type: type,
  Action: action,
  Actor: { ID: id, Attributes: attributes },
  scope: "local",
  time: Math.floor(timeMs / 1000),
  timeNano: timeMs * 1_000_000,
});

function line({ timeMs, type, action, id, attributes }: BoxEvent): string {
  const pairs = Object.entries(attributes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`);
  const more = pairs.length > 0 ? ` (${pairs.join(", ")})` : "";
  return `${new Date(timeMs).toISOString().replace("Z", "000000Z")} ${type} ${action} ${id}${more}\n`;
}

/** A template is tried on an event without anything in it, so that one that cannot be is known before any happens. */
function lineOf(format: string | null): (event: BoxEvent) => string {
  if (format === null || format === "") return line;
  const frame = "Error parsing format: ";
  const template = compileFormat(format, { type: "events.Message", parseFrame: frame });
  const empty = { timeMs: 0, type: "container", action: "", id: "", attributes: {} } as const;
  try {
    template(asDocker(empty));
  } catch (error) {
    throw new CommandError(`${frame}${(error as Error).message}`, TEMPLATE_FAILED, { cause: error });
  }
  return (event) => `${template(asDocker(event))}\n`;
}

export const events: Verb = {
  usage: "events [OPTIONS]",
  summary: "Get real time events from the runtime",
  aliases: ["system events"],
  flags: FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 0, 0);
    const holds = wanted(parseFilters(flags.list("filter"), FILTERS));
    const [since, until] = [flags.text("since"), flags.text("until")];
    const nowMs = Date.now();
    const sinceMs = since === null ? null : humanTimeMs(since, nowMs, "since");
    const untilMs = until === null ? Number.POSITIVE_INFINITY : humanTimeMs(until, nowMs, "until");
    const text = lineOf(flags.text("format"));
    const show = (event: BoxEvent) => {
      if (event.timeMs < (sinceMs ?? 0) || event.timeMs > untilMs || !holds(event)) return;
      runtime.out(text(event));
    };
    const reader = startReading(runtime, sinceMs, untilMs, show);
    for (;;) {
      for (let found = reader.next(); found.length > 0; found = reader.next()) found.forEach(show);
      if (Date.now() >= untilMs) return 0;
      await new Promise((resolve) => setTimeout(resolve, Math.min(LOOK_EVERY_MS, Math.max(untilMs - Date.now(), 0))));
    }
  },
};

/** Without --since or an --until in the past only what comes is shown. */
function startReading(
  { paths }: Runtime,
  sinceMs: number | null,
  untilMs: number,
  show: (event: BoxEvent) => void,
): JournalReader {
  const path = eventJournal(paths);
  const reader = new JournalReader(path);
  if (sinceMs === null && untilMs > Date.now()) {
    reader.skipToEnd();
    return reader;
  }
  const older = new OldJournal(`${path}.1`);
  for (const event of older.all()) show(event);
  return reader;
}

class OldJournal extends JournalReader {
  all(): BoxEvent[] {
    const found: BoxEvent[] = [];
    for (let some = this.next(); some.length > 0; some = this.next()) found.push(...some);
    return found;
  }
}
