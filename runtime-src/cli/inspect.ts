/** `docker inspect` of containers, images, networks and volumes: docker's fields, in its order of looking. */
import { findImage, type Image } from "../image/store.ts";
import { requireContainer, requireWords } from "./each-container.ts";
import { type Flag, parseFlags, UsageError } from "./flags.ts";
import { containerFields, time } from "./inspect-container.ts";
import { printInspected } from "./print-inspected.ts";
import { CommandError, type Runtime, type Verb } from "./runtime.ts";

const FORMAT: Flag = { name: "format", short: "f", kind: "text", help: "Format output: json or a Go template" };
const SIZE: Flag = {
  name: "size",
  short: "s",
  kind: "bool",
  help: "Display total file sizes if the type is container",
};
const FLAGS: readonly Flag[] = [FORMAT, SIZE, { name: "type", kind: "text", help: "Return JSON for specified type" }];

type Find = (runtime: Runtime, reference: string, size: boolean) => object | Promise<object>;

const imageFields = (image: Image) => ({
  Id: image.id,
  RepoTags: [image.name],
  RepoDigests: [`${image.name.replace(/:[^:]*$/, "")}@${image.digest}`],
  Created: time(image.createdMs),
  Architecture: "386",
  Os: "linux",
  Size: image.sizeBytes,
  Config: {
    User: image.user,
    Env: image.env,
    Cmd: image.command,
    Entrypoint: image.entrypoint.length > 0 ? image.entrypoint : null,
    WorkingDir: image.workingDir,
    Labels: image.labels,
  },
  GraphDriver: { Name: "overlay2", Data: { LowerDir: image.layers.join(":") } },
});

const FINDERS: Readonly<Record<string, Find>> = {
  container: (runtime, reference, size) => containerFields(runtime, requireContainer(runtime, reference), size),
  image: (runtime, reference) => {
    const image = findImage(runtime.paths, reference);
    if (!image) throw new CommandError(`No such image: ${reference}`);
    return imageFields(image);
  },
  network: async (runtime, reference) => (await import("./network-list.ts")).networkFields(runtime, reference),
  volume: async (runtime, reference) => (await import("./volume.ts")).volumeFields(runtime, reference),
};

/** The first kind that has it; what fails otherwise than by not being there is said. */
async function findAny(runtime: Runtime, reference: string, size: boolean): Promise<object> {
  for (const find of Object.values(FINDERS)) {
    try {
      return await find(runtime, reference, size);
    } catch (error) {
      if (!/no such|no matching|not found/i.test((error as Error).message)) throw error;
    }
  }
  throw new CommandError(`No such object: ${reference}`);
}

export const inspect: Verb = {
  usage: "inspect [OPTIONS] NAME|ID [NAME|ID...]",
  summary: "Return low-level information on containers, images, networks and volumes",
  flags: FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(runtime, "inspect", flags.rest);
    const type = flags.text("type");
    const size = flags.bool("size");
    if (type === null || type === "") return printInspected(runtime, flags, (name) => findAny(runtime, name, size));
    const find = FINDERS[type];
    if (!find) throw new UsageError(`"${type}" is not a valid value for --type`);
    return printInspected(runtime, flags, (name) => find(runtime, name, size));
  },
};

const inspectType = (type: string, flags: readonly Flag[]): Verb => ({
  usage: `${type} inspect [OPTIONS] ${type.toUpperCase()} [${type.toUpperCase()}...]`,
  summary: `Display detailed information on one or more ${type}s`,
  flags,
  run(runtime, argv) {
    const parsed = parseFlags(flags, argv, true);
    requireWords(runtime, `${type} inspect`, parsed.rest);
    return printInspected(runtime, parsed, (name) => FINDERS[type]?.(runtime, name, parsed.bool("size")) ?? {});
  },
});

export const inspectContainer = inspectType("container", [FORMAT, SIZE]);
export const inspectImage = inspectType("image", [FORMAT]);
export const inspectNetwork = inspectType("network", [
  FORMAT,
  { name: "verbose", short: "v", kind: "bool", help: "Verbose output for diagnostics" },
]);
