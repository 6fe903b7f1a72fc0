/**
 * COPY and ADD. Sources are read with the context, or the other stage's root, as the process's own root; they are put
 * into the stage's root, mounted as an overlay whose upper folder then is the new layer. So "..", absolute names and
 * symbolic links end where they must, and a destination behind a link of the image (/bin -> /usr/bin) is found.
 */
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { O_CLOEXEC, O_RDONLY } from "../linux/constants.ts";
import { pipeArchives, runArchive } from "./archive.ts";
import { baseImage } from "./build-base.ts";
import type { KeepLayer } from "./build-layer.ts";
import { type Build, nextKey, type Stage, treesOf, variablesOf } from "./build-stage.ts";
import { overlayRoot, type Root } from "./container-root.ts";
import type { Instruction } from "./containerfile.ts";
import { globExpression } from "./ignore.ts";
import { expandWord } from "./words.ts";

interface Copy {
  readonly root: Root;
  /** Of the context; null for a stage or an image. */
  readonly context: string | null;
  /** Relative to the root. */
  readonly sources: readonly string[];
  readonly destination: string;
  readonly flags: readonly string[];
}

/** "dir/", "dir/." and ".": whatever is there, it is meant as a folder. */
const isFolderName = (destination: string): boolean => /(?:^|\/)\.?$/.test(destination);

const withoutSlashes = (path: string): string => path.replace(/^(?:\.?\/+)+/, "").replace(/\/+$/, "");

export interface PlannedCopy {
  readonly key: string;
  readonly run: (keep: KeepLayer) => void;
}

/** Finds the sources and what they hold; nothing is changed yet. */
export function planCopy(build: Build, stage: Stage, instruction: Instruction): PlannedCopy {
  const variables = variablesOf(stage);
  const { mark } = build.containerfile;
  const words = (instruction.json ?? instruction.text.split(/\s+/)).map((word) => expandWord(word, variables, mark));
  const destination = words.at(-1) ?? "";
  if (words.length < 2)
    throw new Error(`${instruction.keyword} requires at least two arguments, but only one was provided`);
  const from = instruction.flags.get("from");
  const origin = from === undefined ? contextOf(build) : originOf(build, expandWord(from, variables, mark));
  const sources = words.slice(0, -1).flatMap((word) => sourcesOf(build, instruction, origin, word));
  if (sources.length > 1 && !isFolderName(destination)) {
    throw new Error(
      `When using ${instruction.keyword} with more than one source file, the destination must be a directory and end with a /`,
    );
  }
  const copy = { ...origin, sources, destination, flags: attributeFlags(build, stage, instruction, variables) };
  const digests = sources.map((source) => digestOf(build, copy, source));
  const key = nextKey(stage, instruction.keyword, ...copy.flags, destination, ...sources, ...digests);
  return { key, run: (keep) => runCopy(build, stage, { ...copy, unpacks: instruction.keyword === "ADD" }, keep) };
}

type Origin = Pick<Copy, "root" | "context">;

const contextOf = ({ context }: Build): Origin => ({ root: { path: context, enter: () => {} }, context });

function originOf(build: Build, from: string): Origin {
  const stage = build.stages.find(({ name }) => name === from.toLowerCase()) ?? build.stages[Number(from)];
  if (stage) return { root: overlayRoot(build.host, treesOf(build, stage), null), context: null };
  const image = baseImage(build, from);
  if (!image) throw new Error(`invalid from flag value ${from}: no such stage or image`);
  return { root: overlayRoot(build.host, image.layers, null), context: null };
}

function sourcesOf(build: Build, { keyword }: Instruction, origin: Origin, word: string): string[] {
  if (/^(?:https?|git|ssh):\/\/|^git@/.test(word)) {
    if (keyword === "COPY") throw new Error(`source can't be a URL for COPY`);
    throw new Error(`ADD ${word}: no network can be reached from here; put the file into the context`);
  }
  const clean = withoutSlashes(word);
  if (clean.split("/").includes(".."))
    throw new Error(`COPY failed: forbidden path outside the build context: ${word}`);
  if (/[*?[]/.test(clean)) return expanded(build, origin, clean, word);
  const kind = runArchive(build.host, ["stat", "--root", origin.root.path, "--path", `/${clean}`, "--follow"], {
    enter: origin.root.enter,
  })[0].trim();
  const ignored = origin.context !== null && build.ignored?.(clean);
  if (kind === "none" || ignored) {
    const why = ignored ? "excluded by .dockerignore" : "file does not exist";
    throw new Error(
      `COPY failed: file not found in build context${ignored ? " or" : ":"} ${ignored ? why : `stat ${clean}: ${why}`}`,
    );
  }
  return [clean];
}

/** Wildcards, in the context only: what they match, sorted. */
function expanded(build: Build, { context }: Origin, pattern: string, word: string): string[] {
  if (context === null) throw new Error(`${word}: wildcards in --from are not supported; name the files`);
  const parts = pattern.split("/");
  let found = [""];
  for (const part of parts) {
    const expression = globExpression(part);
    found = found.flatMap((folder) =>
      namesIn(`${context}/${folder}`)
        .filter((name) => expression.test(name))
        .map((name) => (folder === "" ? name : `${folder}/${name}`)),
    );
  }
  const kept = found.filter((path) => !build.ignored?.(path)).sort();
  if (kept.length === 0) throw new Error(`COPY failed: no source files were specified: nothing matches ${word}`);
  return kept;
}

function namesIn(folder: string): string[] {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  return stat?.isDirectory() ? (readdirSync(folder) as string[]) : [];
}

/** --chown and --chmod as `archive extract` takes them; files belong to root otherwise. */
function attributeFlags(build: Build, stage: Stage, { flags }: Instruction, variables: Map<string, string>): string[] {
  const expandedFlag = (name: string): string | null => {
    const value = flags.get(name);
    return value === undefined ? null : expandWord(value, variables, build.containerfile.mark);
  };
  const chown = expandedFlag("chown");
  const chmod = expandedFlag("chmod");
  if (chmod !== null && !/^[0-7]{3,4}$/.test(chmod))
    throw new Error(`invalid chmod parameter: '${chmod}'. it should be octal`);
  const from = flags.get("from") !== undefined;
  const owner = chown === null ? (from ? [] : ["--owner", "0:0"]) : ["--owner", ownerOf(build, stage, chown)];
  return [...owner, ...(chmod === null ? [] : ["--mode", chmod])];
}

/** "name:group" looked up in the stage's own files. */
function ownerOf(build: Build, stage: Stage, chown: string): string {
  const [user = "", group] = chown.split(":");
  const passwd = /^\d+$/.test(user) ? null : accountOf(build, stage, "etc/passwd", user, "user");
  const uid = passwd?.[2] ?? user;
  if (group === undefined) return `${uid}:${passwd?.[3] ?? uid}`;
  return `${uid}:${/^\d+$/.test(group) ? group : accountOf(build, stage, "etc/group", group, "group")[2]}`;
}

function accountOf(build: Build, stage: Stage, file: string, name: string, what: string): string[] {
  for (const tree of treesOf(build, stage)) {
    if (!lstatSync(`${tree}/${file}`, { throwIfNoEntry: false })?.isFile()) continue;
    const lines = readFileSync(`${tree}/${file}`, "utf8").split("\n");
    const found = lines.map((line) => line.split(":")).find(([first]) => first === name);
    if (found) return found;
    break;
  }
  throw new Error(`can't find ${what === "user" ? "uid for user" : "gid for group"} ${name}: no such ${what}: ${name}`);
}

function packArgs(build: Build, { root, context }: Origin, source: string, as: string): string[] {
  const args = ["pack", "--root", root.path, "--path", `/${source}`, "--as", as, "--follow"];
  if (context === null || !build.ignored) return args;
  const ignored = build.ignored;
  const list: string[] = [];
  const walk = (folder: string, shown: string): void => {
    for (const name of namesIn(`${context}/${folder}`)) {
      const [path, inTar] = [folder === "" ? name : `${folder}/${name}`, shown === "" ? name : `${shown}/${name}`];
      if (ignored(path)) list.push(inTar);
      else walk(path, inTar);
    }
  };
  walk(source, as);
  const file = `${build.work}/ignored`;
  writeFileSync(file, list.map((path) => `${path}\n`).join(""));
  return [...args, "--without", file];
}

/** Of what would be copied, times apart. */
function digestOf(build: Build, copy: Copy, source: string): string {
  const { linux } = build.host;
  const nowhere = linux.open("/dev/null", 1 | O_CLOEXEC);
  try {
    const args = [...packArgs(build, copy, source, "content"), "--no-times"];
    return runArchive(build.host, args, { output: nowhere, enter: copy.root.enter })[1].split(" ")[0] ?? "";
  } finally {
    linux.close(nowhere);
  }
}

function runCopy(build: Build, stage: Stage, copy: Copy & { readonly unpacks: boolean }, keep: KeepLayer): void {
  const upper = `${build.work}/upper`;
  const work = `${build.work}/overlay-work`;
  for (const folder of [upper, work]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, 0o755);
  }
  const target = overlayRoot(build.host, treesOf(build, stage), { upper, work });
  for (const source of copy.sources) copyOne(build, stage, copy, source, target, copy.unpacks);
  try {
    keep(upper);
  } finally {
    for (const folder of [upper, work]) rmSync(folder, { recursive: true, force: true });
  }
}

function copyOne(build: Build, stage: Stage, copy: Copy, source: string, target: Root, unpacks: boolean): void {
  const { host } = build;
  const kindOf = (root: Root, path: string): string =>
    runArchive(host, ["stat", "--root", root.path, "--path", path, "--follow"], { enter: root.enter })[0].trim();
  const base = stage.file.config?.WorkingDir || "/";
  const path = copy.destination.startsWith("/") ? copy.destination : `${base.replace(/\/$/, "")}/${copy.destination}`;
  const place = path.replace(/\/\.?$/, "") || "/";
  const extract = ["extract", "--root", target.path, "--make", ...copy.flags];
  const isFolder = kindOf(copy.root, `/${source}`) === "folder";
  if (unpacks && !isFolder && copy.context !== null && isTar(build, `${copy.context}/${source}`)) {
    const input = host.linux.open(`${copy.context}/${source}`, O_RDONLY | O_CLOEXEC);
    try {
      runArchive(host, ["extract", "--root", target.path, "--make", "--into", place], { input, enter: target.enter });
    } finally {
      host.linux.close(input);
    }
    return;
  }
  // WORKDIR alone makes no layer: its folder, and those above it, are there in docker's eyes.
  const isWorkingDir = `${base}/`.startsWith(`${place}/`);
  const intoFolder = isFolder || isWorkingDir || isFolderName(copy.destination) || kindOf(target, place) === "folder";
  const into = intoFolder ? place : place.replace(/\/[^/]*$/, "") || "/";
  const as = isFolder ? "" : intoFolder ? source.replace(/^.*\//, "") : place.replace(/^.*\//, "");
  pipeArchives(host, packArgs(build, copy, source, as), [...extract, "--into", into], copy.root.enter, target.enter);
}

function isTar({ host }: Build, file: string): boolean {
  const input = host.linux.open(file, O_RDONLY | O_CLOEXEC);
  try {
    return runArchive(host, ["kind"], { input })[0].trim() === "tar";
  } finally {
    host.linux.close(input);
  }
}
