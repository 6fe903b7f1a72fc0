/** `docker rmi` */
import { emitEvents, imageEvent } from "../container/events.ts";
import { removeImage } from "../image/remove.ts";
import { findImage } from "../image/store.ts";
import { EXPLAIN, explainIfAsked } from "./explain-flag.ts";
import { type Flag, parseFlags } from "./flags.ts";
import type { Runtime, Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

const FLAGS: readonly Flag[] = [
  EXPLAIN,
  { name: "force", short: "f", kind: "bool", help: "Force removal of the image" },
  { name: "no-prune", kind: "bool", help: "Do not delete untagged parents" },
];

export const rmi: Verb = {
  usage: "rmi [OPTIONS] IMAGE [IMAGE...]",
  summary: "Remove one or more images",
  flags: FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 1);
    const force = flags.bool("force");
    await explainIfAsked(runtime, flags);
    let exitCode = 0;
    for (const reference of flags.rest) {
      try {
        const id = findImage(runtime.paths, reference)?.id ?? reference;
        const lines = removeImage(runtime, reference, force);
        emitRemoval(runtime, id, lines);
        runtime.out(lines.map((line) => `${line}\n`).join(""));
      } catch (error) {
        const { message } = error as Error;
        runtime.err(`Error: ${message}\n`);
        if (!(force && message.startsWith("No such image"))) exitCode = 1;
      }
    }
    return exitCode;
  },
};

const UNTAGGED = "Untagged: ";

/** `lines` are docker's account of what went. */
function emitRemoval({ paths }: Runtime, id: string, lines: readonly string[]): void {
  const untagged = lines.filter((line) => line.startsWith(UNTAGGED)).map((line) => line.slice(UNTAGGED.length));
  emitEvents(paths, [
    ...untagged.map((name) => imageEvent(id, "untag", name)),
    ...(lines.includes(`Deleted: ${id}`) ? [imageEvent(id, "delete", id)] : []),
  ]);
}
