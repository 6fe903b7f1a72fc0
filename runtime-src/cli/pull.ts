/**
 * `docker pull`: there is no registry behind it. What is here under that name is up to date; a name that came with the
 * guest and was given away or removed is given back; anything else is refused, with the ways to bring an image.
 */
import type { Host } from "../container/host.ts";
import { changeIndex } from "../image/image-change.ts";
import { fullName, isReference } from "../image/reference.ts";
import { findImage, listBundled, normalizeReference } from "../image/store.ts";
import { withName } from "../image/store-edit.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { noRegistry, WAYS } from "./no-registry.ts";
import { CommandError, type Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

const FLAGS: readonly Flag[] = [
  { name: "all-tags", short: "a", kind: "bool", help: "", refused: "no registry can be reached" },
  { name: "platform", kind: "text", help: "", refused: "this machine runs linux/386 alone" },
  { name: "quiet", short: "q", kind: "bool", help: "Suppress verbose output" },
];

/** What the image is now, in docker's words; null: nobody has it. */
function bring(host: Host, reference: string, name: string): string | null {
  if (findImage(host.paths, reference)) return `Image is up to date for ${name}`;
  const bundled = listBundled(host.paths).find((image) => image.name === name);
  if (!bundled) return null;
  changeIndex(host, { name, operation: "pull" }, (index) => withName(host.paths, index, bundled.entry, name));
  return `Downloaded newer image for ${name}`;
}

export const pull: Verb = {
  usage: "pull [OPTIONS] NAME[:TAG|@DIGEST]",
  summary: "Get an image that came with the machine; no registry can be reached",
  aliases: ["image pull"],
  flags: FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 1, 1);
    const [reference = ""] = flags.rest;
    if (!isReference(reference)) throw new CommandError(`invalid reference format: ${reference}`);
    const name = normalizeReference(reference.replace(/@.*$/, ""));
    const says = flags.bool("quiet") ? () => {} : runtime.out;
    if (!/[:@][^/]*$/.test(reference)) says("Using default tag: latest\n");
    const status = bring(runtime, reference, name);
    if (status === null) throw new CommandError(`${noRegistry(runtime.paths, reference)}\n${WAYS}`);
    says(`Status: ${status}\n`);
    runtime.out(`${fullName(name)}\n`);
    return 0;
  },
};
