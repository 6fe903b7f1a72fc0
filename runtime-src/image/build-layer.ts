/**
 * What a build in progress keeps on the disk. Its layers stay, also under the eyes of others who clean up, because an entry
 * of the index names them that carries the builder's process; who finds a dead builder's entry removes it.
 */
import { runChange } from "../container/run-change.ts";
import type { Build, Stage } from "./build-stage.ts";
import { LayerChange, layerSteps } from "./commit.ts";
import { changeIndex } from "./image-change.ts";
import { RemoveChange, removeSteps } from "./remove.ts";
import { BUILDING, type ConfigFile, type Descriptor, type Index } from "./types.ts";

/** Makes a layer of what a step has left in a folder. */
export type KeepLayer = (upper: string) => void;

const about = () => ({ name: `build-${process.pid}`, operation: "build" });

const marked = (index: Index, entries: readonly Descriptor[]): Index => ({
  ...index,
  manifests: [
    ...index.manifests,
    ...entries.map((entry) => ({ ...entry, annotations: { [BUILDING]: String(process.pid) } })),
  ],
});

/** The stage as it is now; returns its entry. */
export function markBuilding({ host }: Build, { file, layers }: Stage): Descriptor {
  const [entry] = changeIndex(host, about(), marked, [{ config: file, layers, names: [] }]);
  if (!entry) throw new Error("no image was made");
  return entry;
}

const unmarked = (index: Index, isGoing: (entry: Descriptor) => boolean): Index => ({
  ...index,
  manifests: index.manifests.filter(
    (entry) => entry.annotations?.[BUILDING] !== String(process.pid) || !isGoing(entry),
  ),
});

export function unmarkBuilding({ host }: Build, { digest }: Descriptor): void {
  changeIndex(host, about(), (index) => unmarked(index, (entry) => entry.digest === digest));
}

class ForgetBuild extends RemoveChange {
  override enter(index: Index): Index {
    return unmarked(index, () => true);
  }
}

/** At its end, good or bad: its entries go, and what then nobody needs. */
export const forgetBuild = ({ host }: Build): void =>
  runChange(new ForgetBuild(host, about().name, () => []), about().operation, removeSteps);

class BuildLayer extends LayerChange {
  override enter(index: Index): Index {
    return marked(index, this.entries);
  }
}

/** The stage's next layer, and the stage with it in the index. */
export function keepBuilt(
  build: Build,
  stage: Stage,
  upper: string,
  extended: (layer: Descriptor) => ConfigFile,
): Descriptor {
  const change = new BuildLayer(build.host, {
    name: about().name,
    upper,
    imageOf: (layer) => ({ config: extended(layer), layers: [...stage.layers, layer], names: [] }),
  });
  runChange(change, about().operation, layerSteps);
  const [layer] = change.layers;
  if (!layer) throw new Error("no layer was made");
  return layer.descriptor;
}
