/** `docker save` */
import { NO_NAME } from "../image/reference.ts";
import { type SavedImage, saveImages } from "../image/save.ts";
import { requireImage } from "../image/store.ts";
import { EXPLAIN, explainIfAsked } from "./explain-flag.ts";
import { type Flag, parseFlags } from "./flags.ts";
import type { Runtime, Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";
import { writeOut } from "./write-out.ts";

const FLAGS: readonly Flag[] = [
  EXPLAIN,
  { name: "output", short: "o", kind: "text", help: "Write to a file, instead of STDOUT" },
];

export const save: Verb = {
  usage: "save [OPTIONS] IMAGE [IMAGE...]",
  summary: "Save one or more images to a tar archive (streamed to STDOUT by default)",
  flags: FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 1);
    await explainIfAsked(runtime, flags);
    writeOut(runtime, { file: flags.text("output"), verb: "save", what: "image" }, (output) =>
      saveImages(runtime, () => collect(runtime, flags.rest), output),
    );
    return 0;
  },
};

/** Each image once, with the names it was asked for by; a repository means all its tags. */
function collect({ paths }: Runtime, references: readonly string[]): SavedImage[] {
  const found = new Map<string, SavedImage>();
  for (const reference of references) {
    const image = requireImage(paths, reference);
    const hex = reference.replace(/^sha256:/, "");
    const byId = image.id.slice("sha256:".length).startsWith(hex);
    const names = byId || image.name === NO_NAME ? [] : [image.name];
    found.set(image.id, { image, names: [...new Set([...(found.get(image.id)?.names ?? []), ...names])] });
  }
  return [...found.values()];
}
