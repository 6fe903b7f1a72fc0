/** `docker image prune`, and what `system prune` takes of the images. */
import { pruneImages } from "../image/remove.ts";
import { confirmed } from "./confirm.ts";
import { type Filters, parseFilters } from "./filter.ts";
import { type Flag, parseFlags } from "./flags.ts";
import type { Runtime, Verb } from "./runtime.ts";
import { humanTimeMs } from "./since.ts";
import { humanSize } from "./units.ts";
import { requireWords } from "./word-count.ts";

const FLAGS: readonly Flag[] = [
  { name: "all", short: "a", kind: "bool", help: "Remove all unused images, not just dangling ones" },
  { name: "filter", kind: "list", help: 'Provide filter values (e.g. "until=<timestamp>")' },
  { name: "force", short: "f", kind: "bool", help: "Do not prompt for confirmation" },
];

export const imagesMeant = (all: boolean): string =>
  all ? "all images without at least one container associated to them" : "all dangling images";

/** docker's account of what went, and the bytes that it gave back. */
export function pruneUnused(runtime: Runtime, all: boolean, filters: Filters): { text: string; bytes: number } {
  const isOldEnough = (createdMs: number | null): boolean =>
    filters.matches("until", (value) => (createdMs ?? 0) < humanTimeMs(value, Date.now(), "until"));
  const [lines, bytes] = pruneImages(
    runtime,
    all,
    ({ labels, createdMs }) => filters.matchesLabels(labels) && isOldEnough(createdMs),
  );
  const lower = lines.map((line) => `${line.charAt(0).toLowerCase()}${line.slice(1)}\n`);
  return { text: lines.length > 0 ? `Deleted Images:\n${lower.join("")}\n` : "", bytes };
}

export const imagePrune: Verb = {
  usage: "image prune [OPTIONS]",
  summary: "Remove unused images",
  flags: FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 0, 0);
    const all = flags.bool("all");
    const filters = parseFilters(flags.list("filter"), ["until", "label", "label!"]);
    if (!flags.bool("force") && !confirmed(runtime, `WARNING! This will remove ${imagesMeant(all)}.`)) return 0;
    const { text, bytes } = pruneUnused(runtime, all, filters);
    runtime.out(`${text}Total reclaimed space: ${humanSize(bytes)}\n`);
    return 0;
  },
};
