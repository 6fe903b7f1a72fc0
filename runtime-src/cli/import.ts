/** `docker import` */
import { mkdirSync } from "node:fs";
import { runArchive } from "../image/archive.ts";
import { applyChanges, keptLayer } from "../image/commit.ts";
import { unpackLimit } from "../image/load.ts";
import { nameToGive } from "../image/reference.ts";
import { findImage } from "../image/store.ts";
import { addImage, readIndex, withImages, withName, workFolder, writeIndex } from "../image/store-edit.ts";
import type { ConfigFile } from "../image/types.ts";
import { O_CLOEXEC, O_RDONLY } from "../linux/constants.ts";
import { type Flag, parseFlags, UsageError } from "./flags.ts";
import { CommandError, type Runtime, type Verb } from "./runtime.ts";

const FLAGS: readonly Flag[] = [
  { name: "change", short: "c", kind: "list", help: "Apply Dockerfile instruction to the created image" },
  { name: "message", short: "m", kind: "text", help: "Set commit message for imported image" },
  { name: "platform", kind: "text", help: "Set platform", refused: "this machine runs linux/386 alone" },
];

export const importVerb: Verb = {
  usage: "import [OPTIONS] FILE|- [REPOSITORY[:TAG]]",
  summary: "Import the contents from a tarball to create a filesystem image",
  flags: FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    const [source, target, more] = flags.rest;
    if (source === undefined || more !== undefined) {
      throw new UsageError(`'${runtime.program} import' requires at least 1 and at most 2 arguments`);
    }
    if (/^https?:\/\//.test(source)) {
      throw new CommandError(`import from a URL is not supported: no network can be reached; give a file or -`);
    }
    const name = target === undefined ? null : nameToGive(target);
    const input = source === "-" ? 0 : openSource(runtime, source);
    const config = applyChanges({}, flags.list("change"));
    const comment = flags.text("message") ?? `Imported from ${source}`;
    const id = withImages(runtime, () => importRoot(runtime, input, name, { config, comment }));
    runtime.out(`${id}\n`);
    return 0;
  },
};

function openSource({ linux }: Runtime, file: string): number {
  try {
    return linux.open(file, O_RDONLY | O_CLOEXEC);
  } catch (error) {
    throw new CommandError(`open ${file}: no such file or directory`, 1, { cause: error });
  }
}

function importRoot(
  runtime: Runtime,
  input: number,
  name: string | null,
  { config, comment }: { readonly config: ConfigFile["config"]; readonly comment: string },
): string {
  const { paths } = runtime;
  const folder = `${workFolder(paths)}/root`;
  mkdirSync(folder, 0o700);
  const args = ["unpack", "--folder", folder, "--limit", unpackLimit(runtime)];
  const layer = keptLayer(runtime, folder, runArchive(runtime, args, { input })[0]);
  const created = new Date().toISOString();
  const file: ConfigFile = {
    created,
    architecture: "386",
    os: "linux",
    config: config ?? {},
    rootfs: { type: "layers", diff_ids: [layer.digest] },
    history: [{ created, comment }],
  };
  const entry = addImage(paths, file, [layer]);
  writeIndex(paths, withName(paths, readIndex(paths), entry, name));
  return findImage(paths, entry.digest)?.id ?? entry.digest;
}
