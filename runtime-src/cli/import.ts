/** `docker import` */
import { emitEvents, imageEvent } from "../container/events.ts";
import { applyChanges } from "../image/commit.ts";
import { importRoot } from "../image/import.ts";
import { nameToGive } from "../image/reference.ts";
import { openArchive } from "./archive-file.ts";
import { archiveStream } from "./archive-stream.ts";
import { EXPLAIN, explainIfAsked } from "./explain-flag.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { CommandError, type Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

const FLAGS: readonly Flag[] = [
  { name: "change", short: "c", kind: "list", help: "Apply Dockerfile instruction to the created image" },
  EXPLAIN,
  { name: "message", short: "m", kind: "text", help: "Set commit message for imported image" },
  { name: "platform", kind: "text", help: "Set platform", refused: "this machine runs linux/386 alone" },
];

export const importVerb: Verb = {
  usage: "import [OPTIONS] FILE|- [REPOSITORY[:TAG]]",
  summary: "Import the contents from a tarball to create a filesystem image",
  flags: FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 1);
    const [source = "", target] = flags.rest;
    if (/^https?:\/\//.test(source)) {
      throw new CommandError(`import from a URL is not supported: no network can be reached; give a file or -`);
    }
    const name = target === undefined ? null : nameToGive(target);
    const config = applyChanges({}, flags.list("change"));
    const comment = flags.text("message") ?? `Imported from ${source}`;
    await explainIfAsked(runtime, flags);
    const input = source === "-" ? await archiveStream(runtime) : openArchive(runtime, source);
    const id = importRoot(runtime, input, { name, config, comment });
    emitEvents(runtime.paths, [imageEvent(id, "import", name ?? id)]);
    runtime.out(`${id}\n`);
    return 0;
  },
};
