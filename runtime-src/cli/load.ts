/** `docker load` */
import { emitEvents, imageEvent } from "../container/events.ts";
import { loadImages } from "../image/load.ts";
import { openArchive } from "./archive-file.ts";
import { archiveStream } from "./archive-stream.ts";
import { EXPLAIN, explainIfAsked } from "./explain-flag.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { CommandError, type Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

const FLAGS: readonly Flag[] = [
  EXPLAIN,
  { name: "input", short: "i", kind: "text", help: "Read from tar archive file, instead of STDIN" },
  { name: "quiet", short: "q", kind: "bool", help: "Suppress the load output" },
];

/** What this machine's CPU runs; the label is Go's. */
const RUNS = ["386", ""];

export const load: Verb = {
  usage: "load [OPTIONS]",
  summary: "Load an image from a tar archive or STDIN",
  flags: FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 0, 0);
    const { linux } = runtime;
    const file = flags.text("input");
    if (file === null && linux.isatty(0)) throw new CommandError("requested load from stdin, but stdin is empty");
    const input = file === null ? await archiveStream(runtime) : openArchive(runtime, file);
    await explainIfAsked(runtime, flags);
    for (const { id, names, architecture } of loadImages(runtime, input)) {
      if (!RUNS.includes(architecture)) {
        runtime.err(`WARNING: the image's platform (linux/${architecture}) is not this machine's (linux/386)\n`);
      }
      if (names.length === 0) runtime.out(`Loaded image ID: ${id}\n`);
      runtime.out(names.map((name) => `Loaded image: ${name}\n`).join(""));
      emitEvents(
        runtime.paths,
        (names.length > 0 ? names : [id]).map((name) => imageEvent(id, "load", name)),
      );
    }
    return 0;
  },
};
