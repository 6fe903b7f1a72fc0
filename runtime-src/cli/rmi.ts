/** `docker rmi` and `docker image prune` */
import { pruneImages, removeImage } from "../image/remove.ts";
import { confirmed } from "./confirm.ts";
import { EXPLAIN, explainIfAsked } from "./explain-flag.ts";
import { parseFilters } from "./filter.ts";
import { type Flag, parseFlags } from "./flags.ts";
import type { Verb } from "./runtime.ts";
import { humanSize } from "./units.ts";
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
        const lines = removeImage(runtime, reference, force);
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

const PRUNE_FLAGS: readonly Flag[] = [
  { name: "all", short: "a", kind: "bool", help: "Remove all unused images, not just dangling ones" },
  { name: "filter", kind: "list", help: 'Provide filter values (e.g. "until=<timestamp>")' },
  { name: "force", short: "f", kind: "bool", help: "Do not prompt for confirmation" },
];

export const imagePrune: Verb = {
  usage: "image prune [OPTIONS]",
  summary: "Remove unused images",
  flags: PRUNE_FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(PRUNE_FLAGS, argv, true);
    requireWords(flags.rest, 0, 0);
    const what = flags.bool("all")
      ? "all images without at least one container associated to them"
      : "all dangling images";
    if (!flags.bool("force") && !confirmed(runtime, `WARNING! This will remove ${what}.`)) return 0;
    const filters = parseFilters(flags.list("filter"), ["until", "label", "label!"]);
    const [lines, bytes] = pruneImages(
      runtime,
      flags.bool("all"),
      ({ labels, createdMs }) =>
        filters.matchesLabels(labels) &&
        filters.matches("until", (value) => (createdMs ?? 0) < (Number(value) * 1000 || Date.parse(value))),
    );
    const lower = lines.map((line) => `${line.charAt(0).toLowerCase()}${line.slice(1)}\n`);
    if (lines.length > 0) runtime.out(`Deleted Images:\n${lower.join("")}\n`);
    runtime.out(`Total reclaimed space: ${humanSize(bytes)}\n`);
    return 0;
  },
};
