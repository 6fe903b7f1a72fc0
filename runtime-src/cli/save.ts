/** `docker save` */
import { renameSync, rmSync } from "node:fs";
import { NO_NAME } from "../image/reference.ts";
import { type SavedImage, saveImages } from "../image/save.ts";
import { requireImage } from "../image/store.ts";
import { O_CLOEXEC, O_CREAT, O_TRUNC, O_WRONLY } from "../linux/constants.ts";
import { EXPLAIN, explainIfAsked } from "./explain-flag.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { CommandError, type Runtime, type Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

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
    writeOut(runtime, flags.text("output"), "save", (output) =>
      saveImages(runtime, () => collect(runtime, flags.rest), output),
    );
    return 0;
  },
};

/** To a file, which is there only when it is whole, or to standard output. */
export function writeOut({ linux }: Runtime, file: string | null, verb: string, write: (output: number) => void): void {
  if (file === null || file === "") {
    const hint = "Use the -o flag or redirect";
    if (linux.isatty(1)) throw new CommandError(`cowardly refusing to ${verb} to a terminal. ${hint}`);
    write(1);
    return;
  }
  const made = `${file}.tmp-${process.pid}`;
  let output: number;
  try {
    output = linux.open(made, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600);
  } catch (error) {
    throw new CommandError(`failed to ${verb} image: invalid output path: ${(error as Error).message}`, 1, {
      cause: error,
    });
  }
  try {
    write(output);
    linux.close(output);
    renameSync(made, file);
  } catch (error) {
    rmSync(made, { force: true });
    throw error;
  }
}

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
