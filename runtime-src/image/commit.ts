/** A new image on top of another: a layer from a folder of changes, a config, a line of history. Called with the lock held. */
import { mkdirSync } from "node:fs";
import type { Host } from "../container/host.ts";
import { pipeArchives } from "./archive.ts";
import { changeConfig, environmentOf } from "./config-change.ts";
import { parseContainerfile } from "./containerfile.ts";
import { keepLayer, layerDescriptor } from "./layers.ts";
import { LAYERS_MOST, unpackLimit } from "./load.ts";
import { workFolder } from "./store-edit.ts";
import type { ConfigFile, Descriptor, HistoryEntry, RunConfig } from "./types.ts";

const CHANGES = [
  "CMD",
  "ENTRYPOINT",
  "ENV",
  "EXPOSE",
  "LABEL",
  "STOPSIGNAL",
  "USER",
  "VOLUME",
  "WORKDIR",
  "HEALTHCHECK",
];

/** What overlayfs has collected in `upper`, as a layer of this machine. */
export function layerOfChanges(host: Host, upper: string): Descriptor {
  const folder = `${workFolder(host.paths)}/changes`;
  mkdirSync(folder, 0o700);
  const limit = unpackLimit(host);
  const [result] = pipeArchives(
    host,
    ["pack", "--root", upper, "--layer"],
    ["unpack", "--folder", folder, "--limit", limit],
  );
  return keptLayer(host, folder, result);
}

/** "DIGEST DIFF-ID SIZE CONTENT", as `archive unpack` prints it. */
export function keptLayer(host: Host, folder: string, result: string): Descriptor {
  const [, diffId = "", tarBytes, content] = result.trim().split(" ");
  const descriptor = layerDescriptor(`sha256:${diffId}`, Number(tarBytes), Number(content));
  keepLayer(host.paths, folder, descriptor);
  return descriptor;
}

/** --change, each an instruction of its own. */
export function applyChanges(config: RunConfig, changes: readonly string[]): RunConfig {
  let changed = config;
  for (const change of changes) {
    const [instruction] = parseContainerfile(`FROM scratch\n${change}`, "--change").instructions.slice(1);
    if (!instruction || !CHANGES.includes(instruction.keyword)) {
      throw new Error(`${instruction?.keyword ?? change} is not a valid change command`);
    }
    changed = changeConfig(changed, instruction, environmentOf(changed), "\\");
  }
  return changed;
}

export function extendConfig(
  file: ConfigFile,
  config: RunConfig,
  layer: Descriptor | null,
  history: HistoryEntry,
  author?: string,
): ConfigFile {
  const ids = layer ? [...file.rootfs.diff_ids, layer.digest] : file.rootfs.diff_ids;
  if (ids.length > LAYERS_MOST) throw new Error(`${ids.length} layers: an image can have ${LAYERS_MOST} here`);
  return {
    ...file,
    ...(author === undefined ? {} : { author }),
    ...(history.created === undefined ? {} : { created: history.created }),
    config,
    rootfs: { type: "layers", diff_ids: ids },
    history: [...(file.history ?? []), layer ? history : { ...history, empty_layer: true }],
  };
}
