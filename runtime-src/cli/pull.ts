/** `docker pull` (image/pull.ts); what did not come with the guest is refused, with the ways to bring an image. */
import { pullImage } from "../image/pull.ts";
import { fullName, isReference } from "../image/reference.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { noRegistry, WAYS } from "./no-registry.ts";
import { CommandError, type Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

const FLAGS: readonly Flag[] = [
  { name: "all-tags", short: "a", kind: "bool", help: "", refused: "no registry can be reached" },
  { name: "platform", kind: "text", help: "", refused: "this machine runs linux/386 alone" },
  { name: "quiet", short: "q", kind: "bool", help: "Suppress verbose output" },
];

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
    const says = flags.bool("quiet") ? () => {} : runtime.out;
    if (!/[:@][^/]*$/.test(reference)) says("Using default tag: latest\n");
    const pulled = pullImage(runtime, reference);
    if (pulled === null) throw new CommandError(`${noRegistry(runtime.paths, reference)}\n${WAYS}`);
    for (const line of pulled.lines) says(`${line}\n`);
    runtime.out(`${fullName(pulled.name)}\n`);
    return 0;
  },
};
