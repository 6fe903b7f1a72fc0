/** A new image on top of another: a layer from a folder of changes, a config, a line of history; the tables of its steps. */
import { mkdirSync, unlinkSync, writeFileSync } from "node:fs";
import { freezeCgroup } from "../cgroups/container-cgroup.ts";
import { containerEvent, emitEvents } from "../container/events.ts";
import type { Host } from "../container/host.ts";
import { cgroupFolder } from "../container/paths.ts";
import type { ContainerState } from "../container/state.ts";
import type { Step } from "../container/steps.ts";
import { sourceHere } from "../linux/source-position.ts";
import { ARCHIVE, pipeArchives } from "./archive.ts";
import { changeConfig, environmentOf } from "./config-change.ts";
import { parseContainerfile } from "./containerfile.ts";
import { beginSteps, endSteps, frozenNote, ImageChange, keepSteps, type NewImage } from "./image-change.ts";
import { layerDescriptor } from "./layers.ts";
import { LAYERS_MOST, unpackLimit } from "./load.ts";
import { workFolder } from "./store.ts";
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

/** A new image on top of another, by what overlayfs has collected in `upper`. */
export class LayerChange extends ImageChange {
  readonly upper: string;
  readonly imageOf: (layer: Descriptor) => NewImage;
  /** Frozen meanwhile, so that nothing is half written; null: it is not needed, or not wanted. */
  readonly frozen: ContainerState | null;

  constructor(
    host: Host,
    about: Pick<LayerChange, "name" | "upper" | "imageOf"> & { readonly frozen?: ContainerState | null },
  ) {
    super(host, about.name);
    this.upper = about.upper;
    this.imageOf = about.imageOf;
    this.frozen = about.frozen ?? null;
  }
}

const packChanges: Step<LayerChange> = {
  name: "pack-changes",
  part: "filesystem",
  syscall: "execve",
  args: ({ upper }) => [ARCHIVE, "pack", "--layer", upper],
  source: sourceHere(),
  run: (c) => {
    const folder = `${workFolder(c.host.paths)}/changes`;
    mkdirSync(folder, 0o700);
    const [said] = pipeArchives(
      c.host,
      ["pack", "--root", c.upper, "--layer"],
      ["unpack", "--folder", folder, "--limit", unpackLimit(c.host)],
    );
    const descriptor = unpackedLayer(said);
    c.layers = [{ folder, descriptor }];
    c.images = [c.imageOf(descriptor)];
  },
};

/** Of a step of a build. */
export const layerSteps: readonly Step<LayerChange>[] = [...beginSteps, packChanges, ...keepSteps, ...endSteps];

export const commitSteps: readonly Step<LayerChange>[] = [
  ...beginSteps,
  {
    // Noted in the work folder: who finds that folder knows what to thaw.
    name: "freeze",
    part: "cgroup",
    syscall: "write",
    args: (c) => [`${frozenCgroup(c)}/cgroup.freeze=1`],
    source: sourceHere(),
    when: ({ frozen }) => frozen !== null,
    run: (c) => {
      writeFileSync(frozenNote(c), frozenCgroup(c), { mode: 0o600 });
      setFrozen(c, true);
    },
    undo: (c) => setFrozen(c, false),
  },
  packChanges,
  {
    name: "thaw",
    part: "cgroup",
    syscall: "write",
    args: (c) => [`${frozenCgroup(c)}/cgroup.freeze=0`],
    source: sourceHere(),
    when: ({ frozen }) => frozen !== null,
    run: (c) => {
      setFrozen(c, false);
      unlinkSync(frozenNote(c));
    },
  },
  ...keepSteps,
  ...endSteps,
];

const frozenCgroup = ({ host, frozen }: LayerChange): string => cgroupFolder(host.paths, frozen?.id ?? "");

function setFrozen(c: LayerChange, frozen: boolean): void {
  freezeCgroup(c.host, frozenCgroup(c), frozen);
  if (c.frozen) emitEvents(c.host.paths, [containerEvent(c.frozen, frozen ? "pause" : "unpause")]);
}

/** Of "DIGEST DIFF-ID SIZE CONTENT", as `archive unpack` prints it. */
export function unpackedLayer(said: string): Descriptor {
  const [, diffId = "", tarBytes, content] = said.trim().split(" ");
  return layerDescriptor(`sha256:${diffId}`, Number(tarBytes), Number(content));
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
