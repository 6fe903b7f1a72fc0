/** `docker logs`: the json-file log; -f goes on as it grows until the container's supervisor is gone. */
import { closeSync, openSync, readSync } from "node:fs";
import { isErrno } from "../container/host.ts";
import { type LogEntry, logFile } from "../container/log-file.ts";
import { diskFolder } from "../container/paths.ts";
import { isSupervised } from "../container/supervised.ts";
import { requireContainer } from "./each-container.ts";
import { type Flag, parseFlags } from "./flags.ts";
import type { Runtime, Verb } from "./runtime.ts";
import { humanTimeMs } from "./since.ts";
import { requireWords } from "./word-count.ts";

const CHUNK_BYTES = 65_536;
const FOLLOW_MS = 50;

const FLAGS: readonly Flag[] = [
  { name: "details", kind: "bool", help: "Show extra details provided to logs" },
  { name: "follow", short: "f", kind: "bool", help: "Follow log output" },
  {
    name: "since",
    kind: "text",
    help: 'Show logs since timestamp (e.g. "2013-01-02T13:23:37Z") or relative (e.g. "42m")',
  },
  { name: "tail", short: "n", kind: "text", help: "Number of lines to show from the end of the logs" },
  { name: "timestamps", short: "t", kind: "bool", help: "Show timestamps" },
  { name: "until", kind: "text", help: 'Show logs before a timestamp or relative (e.g. "42m" for 42 minutes)' },
];

/** Reads on where it stopped; a line that is not whole yet waits. */
class LogReader {
  readonly #path: string;
  #position = 0;
  #rest = Buffer.alloc(0);

  constructor(path: string) {
    this.#path = path;
  }

  /** At most one chunk's worth; null at the end of what there is. */
  next(): LogEntry[] | null {
    let fd: number;
    try {
      fd = openSync(this.#path, "r");
    } catch (error) {
      if (isErrno(error, "ENOENT")) return null;
      throw error;
    }
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const size = readSync(fd, chunk, 0, CHUNK_BYTES, this.#position);
    closeSync(fd);
    if (size === 0) return null;
    this.#position += size;
    const bytes = Buffer.concat([this.#rest, chunk.subarray(0, size)]);
    const end = bytes.lastIndexOf(10) + 1;
    this.#rest = Buffer.from(bytes.subarray(end));
    const lines = bytes.toString("utf8", 0, end).split("\n");
    return lines.filter(Boolean).map((line) => JSON.parse(line) as LogEntry);
  }
}

function tailCount(text: string | null): number {
  if (text === null || text === "all") return Number.POSITIVE_INFINITY;
  if (/^\d+$/.test(text)) return Number(text);
  // as docker: what is no count shows everything
  return Number.POSITIVE_INFINITY;
}

export const logs: Verb = {
  usage: "logs [OPTIONS] CONTAINER",
  summary: "Fetch the logs of a container",
  aliases: ["container logs"],
  flags: FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 1, 1);
    const { id } = requireContainer(runtime, flags.rest[0] ?? "");
    const tail = tailCount(flags.text("tail"));
    const moment = (flag: string) => {
      const text = flags.text(flag);
      return text === null ? null : humanTimeMs(text, Date.now(), flag);
    };
    const sinceMs = moment("since") ?? 0;
    const untilMs = moment("until") ?? Number.POSITIVE_INFINITY;
    const isWanted = ({ time }: LogEntry) => {
      const timeMs = Date.parse(time);
      return timeMs >= sinceMs && timeMs <= untilMs;
    };
    const filters = sinceMs > 0 || untilMs < Number.POSITIVE_INFINITY;
    const print = printer(runtime, flags.bool("timestamps"));
    const reader = new LogReader(logFile(diskFolder(runtime.paths, id), id));
    let kept: LogEntry[] = [];
    for (let entries = reader.next(); entries; entries = reader.next()) {
      const wanted = filters ? entries.filter(isWanted) : entries;
      if (tail === Number.POSITIVE_INFINITY) print(wanted);
      else if (tail > 0) kept = [...kept, ...wanted].slice(-tail);
    }
    print(kept);
    kept = [];
    while (flags.bool("follow") && Date.now() < untilMs) {
      const lives = isSupervised(runtime, id);
      for (let entries = reader.next(); entries; entries = reader.next())
        print(filters ? entries.filter(isWanted) : entries);
      if (!lives) break;
      await new Promise((resolve) => setTimeout(resolve, FOLLOW_MS));
    }
    return 0;
  },
};

function printer({ out, err }: Runtime, timestamps: boolean): (entries: readonly LogEntry[]) => void {
  return (entries) => {
    for (const { log, stream, time } of entries) {
      (stream === "stderr" ? err : out)(timestamps ? `${nanoseconds(time)} ${log}` : log);
    }
  };
}

/** docker's nine digits; a log keeps milliseconds. */
const nanoseconds = (time: string): string =>
  time.replace(/\.(\d+)Z$/, (_, digits: string) => `.${digits.padEnd(9, "0")}Z`);
