/** `docker export` */
import { runArchive } from "../image/archive.ts";
import { containerRoot } from "../image/container-root.ts";
import { requireContainer } from "./each-container.ts";
import { type Flag, parseFlags } from "./flags.ts";
import type { Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";
import { writeOut } from "./write-out.ts";

const FLAGS: readonly Flag[] = [
  { name: "output", short: "o", kind: "text", help: "Write to a file, instead of STDOUT" },
];

export const exportVerb: Verb = {
  usage: "export [OPTIONS] CONTAINER",
  summary: "Export a container's filesystem as a tar archive",
  flags: FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 1, 1);
    const [reference = ""] = flags.rest;
    const root = containerRoot(runtime, requireContainer(runtime, reference));
    writeOut(runtime, { file: flags.text("output"), verb: "export", what: "container" }, (output) => {
      runArchive(runtime, ["pack", "--root", root.path, "--one-file-system"], { output, enter: root.enter });
    });
    return 0;
  },
};
