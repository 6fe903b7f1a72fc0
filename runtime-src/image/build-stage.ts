/** What the builder knows while it works: the image so far, its variables, its place in the cache. */
import { existsSync } from "node:fs";
import type { Host } from "../container/host.ts";
import type { BuildCache, CachedStep } from "./build-cache.ts";
import type { Containerfile } from "./containerfile.ts";
import { sha256 } from "./sha256.ts";
import { layerTree } from "./store.ts";
import type { ConfigFile, Descriptor } from "./types.ts";

export interface Stage {
  readonly name: string | null;
  file: ConfigFile;
  layers: readonly Descriptor[];
  /** ARG values that are in force; ENV is in the config. */
  readonly args: Map<string, string>;
  /** Says all that the next step's result depends on. */
  key: string;
}

export interface Build {
  readonly host: Host;
  readonly containerfile: Containerfile;
  /** Absolute. */
  readonly context: string;
  readonly ignored: ((path: string) => boolean) | null;
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly usedArgs: Set<string>;
  readonly useCache: boolean;
  /** Images are asked for anew. */
  readonly pulls: boolean;
  readonly cache: BuildCache;
  /** Steps of this build, for the cache once it has come to its end. */
  readonly made: Map<string, CachedStep>;
  readonly stages: Stage[];
  /** A folder of this build alone, on the disk. */
  readonly work: string;
  readonly say: (text: string) => void;
  readonly warn: (text: string) => void;
}

/** overlayfs' lower folders, uppermost first. */
export const treesOf = ({ host }: Build, stage: Pick<Stage, "layers">): string[] =>
  stage.layers.map(({ digest }) => layerTree(host.paths, digest)).reverse();

export const nextKey = (stage: Stage, ...parts: readonly string[]): string => sha256([stage.key, ...parts].join("\0"));

/** Variables for expansion: ENV before ARG. */
export function variablesOf(stage: Stage): Map<string, string> {
  const variables = new Map(stage.args);
  for (const entry of stage.file.config?.Env ?? []) {
    const at = entry.indexOf("=");
    variables.set(entry.slice(0, at), entry.slice(at + 1));
  }
  return variables;
}

/** The step as this or an earlier build has made it; undefined when it has to be made. */
export function cachedStep(build: Build, key: string): CachedStep | undefined {
  const step = build.made.get(key) ?? (build.useCache ? build.cache[key] : undefined);
  const isThere = !step?.layer || existsSync(layerTree(build.host.paths, step.layer.digest));
  return isThere ? step : undefined;
}
