/** `docker inspect` of containers, images, networks and volumes: docker's fields, in its order of looking. */
import { NO_NAME, repositoryOf } from "../image/reference.ts";
import { findImage, type Image, listImages } from "../image/store.ts";
import { requireContainer } from "./each-container.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { containerFields, time } from "./inspect-container.ts";
import { printInspected } from "./print-inspected.ts";
import { CommandError, type Runtime, type Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

const FORMAT: Flag = { name: "format", short: "f", kind: "text", help: "Format output: json or a Go template" };
const SIZE: Flag = {
  name: "size",
  short: "s",
  kind: "bool",
  help: "Display total file sizes if the type is container",
};
const FLAGS: readonly Flag[] = [FORMAT, SIZE, { name: "type", kind: "text", help: "Return JSON for specified type" }];

type Find = (runtime: Runtime, reference: string, size: boolean) => object | Promise<object>;

function imageFields(runtime: Runtime, image: Image) {
  const { file, layers } = image;
  const names = listImages(runtime.paths)
    .filter(({ id, name }) => id === image.id && name !== NO_NAME)
    .map(({ name }) => name);
  return {
    Id: image.id,
    RepoTags: names,
    RepoDigests: names.map((name) => `${repositoryOf(name)}@${image.digest}`),
    Comment: file.history?.at(-1)?.comment ?? "",
    Created: time(image.createdMs),
    Author: file.author ?? "",
    Architecture: file.architecture ?? "386",
    Os: file.os ?? "linux",
    Size: image.sizeBytes,
    Config: { ...file.config, Cmd: file.config?.Cmd ?? null, Entrypoint: file.config?.Entrypoint ?? null },
    GraphDriver: { Name: "overlay2", Data: { LowerDir: layers.slice(1).join(":"), UpperDir: layers[0] ?? "" } },
    RootFS: { Type: "layers", Layers: file.rootfs.diff_ids },
  };
}

const FINDERS: Readonly<Record<string, Find>> = {
  container: (runtime, reference, size) => containerFields(runtime, requireContainer(runtime, reference), size),
  image: (runtime, reference) => {
    const image = findImage(runtime.paths, reference);
    if (!image) throw new CommandError(`No such image: ${reference}`);
    return imageFields(runtime, image);
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
    requireWords(flags.rest, 1);
    const type = flags.text("type");
    const size = flags.bool("size");
    if (type === null || type === "") return printInspected(runtime, flags, (name) => findAny(runtime, name, size));
    const find = FINDERS[type];
    if (!find) throw new CommandError(`"${type}" is not a valid value for --type`);
    return printInspected(runtime, flags, (name) => find(runtime, name, size));
  },
};

const inspectType = (type: string, flags: readonly Flag[]): Verb => ({
  usage: `${type} inspect [OPTIONS] ${type.toUpperCase()} [${type.toUpperCase()}...]`,
  summary: `Display detailed information on one or more ${type}s`,
  flags,
  run(runtime, argv) {
    const parsed = parseFlags(flags, argv, true);
    requireWords(parsed.rest, 1);
    return printInspected(runtime, parsed, (name) => FINDERS[type]?.(runtime, name, parsed.bool("size")) ?? {});
  },
});

export const inspectContainer = inspectType("container", [FORMAT, SIZE]);
export const inspectImage = inspectType("image", [FORMAT]);
export const inspectNetwork = inspectType("network", [
  FORMAT,
  { name: "verbose", short: "v", kind: "bool", help: "Verbose output for diagnostics" },
]);
