/**
 * `docker build`: a Containerfile's stages, one instruction after the other, each a layer or a change of the config. What
 * a step has made before, from the same image and the same files, is taken from the cache (build-cache.ts). Layers of a
 * build in progress are kept by its index entry; a build that fails leaves none.
 */

import { baseImage } from "./build-base.ts";
import type { CachedStep } from "./build-cache.ts";
import { planCopy } from "./build-copy.ts";
import { finishBuild } from "./build-finish.ts";
import { forgetBuild, type KeepLayer, keepBuilt, markBuilding } from "./build-layer.ts";
import { RunFailure, runKey, runStep } from "./build-run.ts";
import { type Build, cachedStep, nextKey, type Stage, variablesOf } from "./build-stage.ts";
import { extendConfig } from "./commit.ts";
import { CONFIG_KEYWORDS, changeConfig } from "./config-change.ts";
import { BuildFault, type Instruction } from "./containerfile.ts";
import { knownLayer } from "./layers.ts";
import { sha256 } from "./sha256.ts";
import type { ConfigFile, Descriptor, RunConfig } from "./types.ts";
import { expandWord, splitWords } from "./words.ts";

export interface BuildOptions {
  readonly target: string | null;
  readonly names: readonly string[];
  readonly labels: readonly string[];
  readonly quiet: boolean;
}

const PREDEFINED = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"].flatMap((name) => [
  name,
  name.toLowerCase(),
]);

const shortId = (digest: string): string => digest.replace("sha256:", "").slice(0, 12);

/** The id of what was built. */
export function runBuild(build: Build, options: BuildOptions): string {
  const { containerfile } = build;
  const { instructions, name } = containerfile;
  const globals = new Map<string, string>();
  const targets = stageNames(build);
  const last = options.target === null ? Number.POSITIVE_INFINITY : targets.indexOf(options.target.toLowerCase());
  if (last < 0) throw new Error(`failed to reach build target ${options.target} in ${name}: no such stage`);
  let done = 0;
  try {
    for (const [at, instruction] of instructions.entries()) {
      if (instruction.keyword === "FROM" && build.stages.length > last) break;
      build.say(`Step ${at + 1}/${instructions.length} : ${instruction.source}\n`);
      withPlace(build, instruction, () => step(build, instruction, globals, options));
      done = at + 1;
    }
    const stage = build.stages.at(-1);
    if (!stage || done === 0) throw new Error("nothing was built");
    warnOfArgs(build);
    return finish(build, stage, options);
  } finally {
    forgetBuild(build);
  }
}

function withPlace(build: Build, { line }: Instruction, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (error instanceof BuildFault) throw error;
    const { message } = error as Error;
    const fault = new BuildFault(build.containerfile.name, line, message, { cause: error });
    if (error instanceof RunFailure) throw Object.assign(fault, { exitCode: error.exitCode });
    throw fault;
  }
}

const stageNames = ({ containerfile }: Build): string[] =>
  containerfile.instructions
    .filter(({ keyword }) => keyword === "FROM")
    .map(({ text }, at) => /\s+as\s+(\S+)$/i.exec(text)?.[1]?.toLowerCase() ?? String(at));

function step(build: Build, instruction: Instruction, globals: Map<string, string>, { quiet }: BuildOptions): void {
  const { keyword } = instruction;
  const stage = build.stages.at(-1);
  if (keyword === "FROM") begin(build, instruction, globals);
  else if (keyword === "ARG") declare(build, stage ?? null, instruction, globals);
  else if (!stage) throw new Error("no build stage in current context");
  else if (keyword === "RUN") {
    for (const flag of instruction.flags.keys()) throw new Error(`RUN --${flag} is not supported; it is BuildKit's`);
    const key = runKey(stage, instruction);
    addLayer(build, stage, instruction, key, (keep) => runStep(build, stage, instruction, { quiet, keep }));
  } else if (keyword === "COPY" || keyword === "ADD") {
    const { key, run } = planCopy(build, stage, instruction);
    addLayer(build, stage, instruction, key, run);
  } else configure(build, stage, instruction);
}

function configure(build: Build, stage: Stage, instruction: Instruction): void {
  const { keyword } = instruction;
  if (!CONFIG_KEYWORDS.includes(keyword)) throw new Error(`${keyword} is not supported`);
  const before = stage.file.config ?? {};
  let config = changeConfig(before, instruction, variablesOf(stage), build.containerfile.mark);
  if (keyword === "ENTRYPOINT" && before.Cmd === baseCommand.get(stage)) config = { ...config, Cmd: null };
  extend(build, stage, nextKey(stage, keyword, JSON.stringify(config)), { config, command: instruction.source });
}

interface Change {
  readonly config: RunConfig;
  readonly command: string;
  /** Does the step's work, where that makes a layer. */
  readonly make?: (keep: KeepLayer) => void;
}

function extend(build: Build, stage: Stage, key: string, change: Change): void {
  const cached = cachedStep(build, key);
  if (cached && change.make) build.say(" ---> Using cache\n");
  const { layer, file } = cached ? fromCache(stage, change, cached) : freshStep(build, stage, change);
  build.made.set(key, { layer, created: file.created ?? "" });
  stage.file = file;
  stage.key = key;
  if (layer) stage.layers = [...stage.layers, layer];
  if (layer && cached) markBuilding(build, stage);
  build.say(` ---> ${shortId(layer?.digest ?? key)}\n`);
}

interface StepResult {
  readonly layer: Descriptor | null;
  readonly file: ConfigFile;
}

function extended({ file }: Stage, { config, command }: Change, layer: Descriptor | null, created: string): ConfigFile {
  return extendConfig(file, config, layer, { created, created_by: command, comment: "box build" });
}

const fromCache = (stage: Stage, change: Change, { layer, created }: CachedStep): StepResult => ({
  layer,
  file: extended(stage, change, layer, created),
});

function freshStep(build: Build, stage: Stage, change: Change): StepResult {
  let layer: Descriptor | null = null;
  let file: ConfigFile | null = null;
  change.make?.((upper) => {
    const created = new Date().toISOString();
    layer = keepBuilt(build, stage, upper, (made) => {
      file = extended(stage, change, made, created);
      return file;
    });
  });
  return { layer, file: file ?? extended(stage, change, null, new Date().toISOString()) };
}

/** The CMD that a stage has from its base: an ENTRYPOINT of its own resets it, as docker does. */
const baseCommand = new WeakMap<Stage, readonly string[] | null | undefined>();

function addLayer(build: Build, stage: Stage, { source }: Instruction, key: string, make: Change["make"] & {}): void {
  extend(build, stage, key, { config: stage.file.config ?? {}, command: source, make });
}

function begin(build: Build, instruction: Instruction, globals: ReadonlyMap<string, string>): void {
  const { containerfile, host, stages } = build;
  const words = splitWords(instruction.text, containerfile.mark);
  if (!(words.length === 1 || (words.length === 3 && words[1]?.toLowerCase() === "as"))) {
    throw new Error("FROM requires either one or three arguments");
  }
  const name = words[2]?.toLowerCase() ?? null;
  if (name !== null && !/^[a-z][a-z0-9-_.]*$/.test(name))
    throw new Error(`invalid name for build stage: "${words[2]}"`);
  const base = expandWord(words[0] ?? "", globals, containerfile.mark);
  if (base === "") throw new Error(`base name (${words[0]}) should not be blank`);
  const platform = instruction.flags.get("platform");
  if (platform !== undefined && !/^linux\/(?:386|i386)$/.test(platform)) {
    throw new Error(`platform ${platform} is not this machine's: linux/386`);
  }
  const stage = newStage(name, base, build);
  baseCommand.set(stage, stage.file.config?.Cmd);
  stages.push(stage);
  build.say(` ---> ${shortId(stage.key)}\n`);

  function newStage(stageName: string | null, from: string, { stages: earlier }: Build): Stage {
    const other = earlier.find((known) => known.name === from.toLowerCase());
    if (other) return { ...other, name: stageName, args: new Map() };
    if (from === "scratch") return scratchStage(stageName);
    const image = baseImage(build, from);
    if (!image)
      throw new Error(`pull access denied for ${from}: no registry can be reached, and no such image is here`);
    const layers = image.file.rootfs.diff_ids.map((id) => knownLayer(host.paths, id).descriptor);
    return { name: stageName, file: image.file, layers, args: new Map(), key: sha256(image.id) };
  }
}

const scratchStage = (name: string | null): Stage => {
  const file: ConfigFile = {
    architecture: "386",
    os: "linux",
    config: { Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"] },
    rootfs: { type: "layers", diff_ids: [] },
    history: [],
  };
  return { name, file, layers: [], args: new Map(), key: sha256("scratch") };
};

/** ARG: before the first FROM it is for FROM lines, and for stages that ask for it again without a default. */
function declare(build: Build, stage: Stage | null, { text, source }: Instruction, globals: Map<string, string>): void {
  const { mark } = build.containerfile;
  for (const word of splitWords(text, mark)) {
    const at = word.indexOf("=");
    const name = at < 0 ? word : word.slice(0, at);
    const variables = stage ? variablesOf(stage) : globals;
    const given = build.buildArgs.get(name);
    if (given !== undefined) build.usedArgs.add(name);
    const fallback = at < 0 ? (stage ? globals.get(name) : undefined) : expandWord(word.slice(at + 1), variables, mark);
    const value = given ?? fallback;
    if (value !== undefined) (stage?.args ?? globals).set(name, value);
  }
  if (stage) {
    const key = nextKey(stage, "ARG", text, JSON.stringify([...stage.args]));
    extend(build, stage, key, { config: stage.file.config ?? {}, command: source });
  }
}

function warnOfArgs(build: Build): void {
  const unused = [...build.buildArgs.keys()].filter((name) => !build.usedArgs.has(name) && !PREDEFINED.includes(name));
  if (unused.length > 0) build.warn(`[Warning] One or more build-args [${unused.join(" ")}] were not consumed\n`);
}

function finish(build: Build, stage: Stage, { names, labels }: BuildOptions): string {
  let file = stage.file;
  if (labels.length > 0) {
    const pairs = labels.map((label) => [label.replace(/=.*$/s, ""), label.replace(/^[^=]*=?/, "")]);
    file = { ...file, config: { ...file.config, Labels: { ...file.config?.Labels, ...Object.fromEntries(pairs) } } };
  }
  if (stage.layers.length === 0) throw new Error("No image was generated. Is your Containerfile empty?");
  return finishBuild(build, { config: file, layers: stage.layers, names });
}
