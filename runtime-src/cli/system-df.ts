/** `docker system df`: bytes of images, containers and volumes, and how many of them nobody uses. */
import { diskFolder } from "../container/paths.ts";
import { listContainers } from "../container/recover.ts";
import { listVolumes, volumeData } from "../container/volumes.ts";
import { contentBytes, type Image, listImages } from "../image/store.ts";
import { dockerStatus } from "./container-row.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { type Cell, printList } from "./list-output.ts";
import type { Runtime, Verb } from "./runtime.ts";
import { filesSize } from "./tree-size.ts";
import { humanSize } from "./units.ts";
import { requireWords } from "./word-count.ts";

const FLAGS: readonly Flag[] = [
  { name: "format", kind: "text", help: "Format output: json, table, table TEMPLATE or a Go template" },
  { name: "verbose", short: "v", kind: "bool", help: "Show detailed information on space usage" },
];

const HEADINGS = { Type: "TYPE", TotalCount: "TOTAL", Active: "ACTIVE", Size: "SIZE", Reclaimable: "RECLAIMABLE" };

interface Item {
  readonly name: string;
  readonly bytes: number;
  readonly isUsed: boolean;
}

const sum = (of: readonly Item[]): number => of.reduce((total, { bytes }) => total + bytes, 0);

/** `parts` is what the items lie in on the disk, where several can share one. */
function row(type: string, items: readonly Item[], parts = items): Record<string, Cell> {
  const total = sum(parts);
  const free = sum(parts.filter(({ isUsed }) => !isUsed));
  const share = total > 0 ? ` (${Math.floor((free * 100) / total)}%)` : "";
  return {
    Type: type,
    TotalCount: String(items.length),
    Active: String(items.filter(({ isUsed }) => isUsed).length),
    Size: humanSize(total),
    Reclaimable: `${humanSize(free)}${share}`,
  };
}

type OfImages = readonly { readonly image: Image; readonly isUsed: boolean }[];

/** Each layer once; its size is in the manifest, so that no tree has to be walked. */
function layersOf(images: OfImages): Item[] {
  const layers = new Map<string, Item>();
  for (const { image, isUsed } of images) {
    for (const [at, name] of image.file.rootfs.diff_ids.entries()) {
      const layer = image.manifest.layers[at];
      const others = layers.get(name)?.isUsed ?? false;
      layers.set(name, { name, bytes: layer ? contentBytes(layer) : 0, isUsed: isUsed || others });
    }
  }
  return [...layers.values()];
}

function collect(runtime: Runtime) {
  const { paths } = runtime;
  const states = listContainers(runtime);
  const byId = new Map(listImages(paths).map((image) => [image.id, image]));
  const images = [...byId.values()].map((image) => ({
    image,
    isUsed: states.some(({ imageId }) => imageId === image.id),
  }));
  return {
    images,
    Images: images.map(({ image, isUsed }): Item => ({ name: image.name, bytes: image.sizeBytes, isUsed })),
    Containers: states.map(
      (state): Item => ({
        name: state.name,
        bytes: filesSize(`${diskFolder(paths, state.id)}/upper`),
        isUsed: ["running", "paused", "restarting"].includes(dockerStatus(runtime, state)),
      }),
    ),
    "Local Volumes": listVolumes(paths).map(
      ({ name }): Item => ({
        name,
        bytes: filesSize(volumeData(paths, name)),
        isUsed: states.some(({ mountPoints = [] }) => mountPoints.some((mount) => mount.name === name)),
      }),
    ),
  };
}

export const systemDf: Verb = {
  usage: "system df [OPTIONS]",
  summary: "Show disk usage",
  flags: FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 0, 0);
    const { images, ...found } = collect(runtime);
    const rows = Object.entries(found).map(([type, items]) =>
      row(type, items, type === "Images" ? layersOf(images) : items),
    );
    const shape = {
      headings: HEADINGS,
      columns: Object.keys(HEADINGS),
      id: "Type",
      type: "*formatter.diskUsageImagesContext",
    };
    if (!flags.bool("verbose")) {
      await printList(runtime, flags, shape, rows);
      return 0;
    }
    const { table } = await import("./table.ts");
    for (const [type, items] of Object.entries(found)) {
      const lines = items.map(({ name, bytes, isUsed }) => [name, humanSize(bytes), isUsed ? "yes" : "no"]);
      runtime.out(`${type} space usage:\n\n${table(["NAME", "SIZE", "IN USE"], lines)}\n`);
    }
    return 0;
  },
};
