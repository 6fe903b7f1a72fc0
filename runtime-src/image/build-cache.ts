/**
 * What the builder has made before: a key (the step and all that it depends on) -> the layer that came of it, or none.
 * An entry lives as long as the image of the build that last used it; then its layer may go.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Paths } from "../container/paths.ts";
import { ownImages, workFolder } from "./store.ts";
import type { Descriptor } from "./types.ts";

export interface CachedStep {
  /** null: a step that only changes the config. */
  readonly layer: Descriptor | null;
  /** Of its line in the history: the same steps make the same image. */
  readonly created: string;
}

export interface CacheEntry extends CachedStep {
  /** Digest of the manifest of the build's result. */
  readonly image: string;
}

export type BuildCache = Readonly<Record<string, CacheEntry>>;

const cacheFile = (paths: Paths): string => `${ownImages(paths)}/build-cache.json`;

export function readCache(paths: Paths): BuildCache {
  return existsSync(cacheFile(paths)) ? (JSON.parse(readFileSync(cacheFile(paths), "utf8")) as BuildCache) : {};
}

/** Called with the lock held. */
export function writeCache(paths: Paths, cache: BuildCache): void {
  const made = `${workFolder(paths)}/build-cache.json`;
  writeFileSync(made, JSON.stringify(cache), { mode: 0o600 });
  renameSync(made, cacheFile(paths));
}

/** Layers of the entries whose image is among those; other entries are forgotten. */
export function cachedLayers(paths: Paths, images: readonly Descriptor[]): string[] {
  const cache = readCache(paths);
  const alive = Object.entries(cache).filter(([, { image }]) => images.some(({ digest }) => digest === image));
  if (alive.length < Object.keys(cache).length) writeCache(paths, Object.fromEntries(alive));
  return alive.flatMap(([, { layer }]) => (layer ? [layer.digest] : []));
}
