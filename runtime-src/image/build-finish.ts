/** The end of a build: the image under its names, and its steps in the cache, both or neither. */
import { runChange } from "../container/run-change.ts";
import type { Step } from "../container/steps.ts";
import { sourceHere } from "../linux/source-position.ts";
import { type BuildCache, readCache, writeCache } from "./build-cache.ts";
import type { Build } from "./build-stage.ts";
import {
  beginSteps,
  endSteps,
  ImageChange,
  idOf,
  type NewImage,
  writeBlobsStep,
  writeIndexStep,
} from "./image-change.ts";

class FinishChange extends ImageChange {
  readonly build: Build;
  cacheBefore: BuildCache = {};

  constructor(build: Build, image: NewImage) {
    super(build.host, image.names[0] ?? "");
    this.build = build;
    this.images = [image];
  }
}

export const finishSteps: readonly Step<FinishChange>[] = [
  ...beginSteps,
  writeBlobsStep,
  writeIndexStep,
  {
    name: "write-cache",
    part: null,
    syscall: "rename",
    args: () => ["build-cache.json"],
    source: sourceHere(),
    run: (c) => {
      const { paths } = c.host;
      const image = c.entries[0]?.digest ?? "";
      const used = [...c.build.made].map(([key, made]) => [key, { ...made, image }] as const);
      c.cacheBefore = readCache(paths);
      writeCache(paths, { ...c.build.cache, ...Object.fromEntries(used) });
    },
    undo: ({ host, cacheBefore }) => writeCache(host.paths, cacheBefore),
  },
  ...endSteps,
];

/** The new image's id. */
export function finishBuild(build: Build, image: NewImage): string {
  const change = new FinishChange(build, image);
  runChange(change, "build", finishSteps);
  return idOf(build.host.paths, change.entries);
}
