/** `docker build` */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { listContainers } from "../container/recover.ts";
import { runArchive } from "../image/archive.ts";
import { runBuild } from "../image/build.ts";
import { readCache } from "../image/build-cache.ts";
import { runName } from "../image/build-run.ts";
import type { Build } from "../image/build-stage.ts";
import { parseContainerfile } from "../image/containerfile.ts";
import { parseIgnore } from "../image/ignore.ts";
import { unpackLimit } from "../image/load.ts";
import { nameToGive } from "../image/reference.ts";
import { BUILDING } from "../image/types.ts";
import { type Flag, type ParsedFlags, parseFlags } from "./flags.ts";
import { removeOne } from "./rm.ts";
import { CommandError, type Runtime, type Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

const FLAGS: readonly Flag[] = [
  { name: "build-arg", kind: "list", help: "Set build-time variables" },
  {
    name: "file",
    short: "f",
    kind: "text",
    help: "Name of the Dockerfile (default: PATH/Containerfile or PATH/Dockerfile)",
  },
  { name: "label", kind: "list", help: "Set metadata for an image" },
  { name: "no-cache", kind: "bool", help: "Do not use cache when building the image" },
  { name: "quiet", short: "q", kind: "bool", help: "Suppress the build output and print image ID on success" },
  { name: "tag", short: "t", kind: "list", help: 'Name and optionally a tag (format: "name:tag")' },
  { name: "target", kind: "text", help: "Set the target build stage to build" },
  { name: "rm", kind: "bool", help: "Remove intermediate containers after a successful build (always done)" },
  { name: "pull", kind: "bool", help: "Always attempt to pull a newer version of the image" },
  { name: "platform", kind: "text", help: "", refused: "this machine builds linux/386 alone" },
  { name: "secret", kind: "list", help: "", refused: "it is BuildKit's" },
  { name: "ssh", kind: "list", help: "", refused: "it is BuildKit's" },
];

const NAMES = ["Containerfile", "Dockerfile"];

export const build: Verb = {
  usage: "build [OPTIONS] PATH | -",
  summary: "Build an image from a Containerfile",
  flags: FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 1, 1);
    const [path = ""] = flags.rest;
    const names = flags.list("tag").map(nameToGive);
    const work = `${runtime.paths.lib}/build-${process.pid}`;
    sweep(runtime);
    mkdirSync(`${work}/context`, { recursive: true, mode: 0o700 });
    try {
      const id = runBuild(prepare(runtime, flags, path, work), {
        target: flags.text("target"),
        names,
        labels: flags.list("label"),
        quiet: flags.bool("quiet"),
      });
      report(runtime, flags.bool("quiet"), id, names);
      return 0;
    } catch (error) {
      const { exitCode } = error as { exitCode?: number };
      if (exitCode === undefined) throw error;
      throw new CommandError((error as Error).message, exitCode, { cause: error });
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  },
};

const isGone = (pid: string | undefined): pid is string => pid !== undefined && !existsSync(`/proc/${pid}`);

/** Folders and containers of builders that were killed. */
function sweep(runtime: Runtime): void {
  const { lib } = runtime.paths;
  if (!existsSync(lib)) return;
  for (const name of readdirSync(lib) as string[]) {
    if (isGone(/^build-(\d+)$/.exec(name)?.[1])) rmSync(`${lib}/${name}`, { recursive: true, force: true });
  }
  for (const { id, name, labels } of listContainers(runtime)) {
    const pid = labels[BUILDING];
    if (isGone(pid) && name === runName(pid)) removeOne(runtime, id, { force: true, volumes: true });
  }
}

function report(runtime: Runtime, quiet: boolean, id: string, names: readonly string[]): void {
  if (quiet) {
    runtime.out(`${id}\n`);
    return;
  }
  runtime.out(`Successfully built ${id.replace("sha256:", "").slice(0, 12)}\n`);
  for (const name of names) runtime.out(`Successfully tagged ${name}\n`);
}

function prepare(runtime: Runtime, flags: ParsedFlags, path: string, work: string): Build {
  const context = path === "-" ? fromStream(runtime, `${work}/context`) : folderOf(path);
  const given = flags.text("file");
  const file = given === null ? NAMES.map((name) => `${context}/${name}`).find((name) => existsSync(name)) : given;
  if (given === "-" || (file !== undefined && !existsSync(file) && !existsSync(`${context}/${file}`))) {
    throw new CommandError(
      `unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat ${given}: no such file or directory`,
    );
  }
  if (file === undefined)
    throw new CommandError(`unable to prepare context: no Containerfile or Dockerfile in ${path}`);
  const found = existsSync(file) ? file : `${context}/${file}`;
  const ignore = [`${found}.dockerignore`, `${context}/.dockerignore`].find((name) => existsSync(name));
  const name = given ?? found.slice(context.length + 1);
  return {
    host: runtime,
    containerfile: parseContainerfile(readFileSync(found, "utf8"), name),
    context,
    ignored: ignore === undefined ? null : parseIgnore(readFileSync(ignore, "utf8")),
    buildArgs: new Map(flags.list("build-arg").flatMap(argumentOf)),
    usedArgs: new Set(),
    useCache: !flags.bool("no-cache"),
    pulls: flags.bool("pull"),
    cache: readCache(runtime.paths),
    made: new Map(),
    stages: [],
    work,
    say: flags.bool("quiet") ? () => {} : runtime.out,
    warn: runtime.err,
  };
}

/** "NAME" alone takes our own value, if there is one. */
function argumentOf(entry: string): [string, string][] {
  const at = entry.indexOf("=");
  if (at >= 0) return [[entry.slice(0, at), entry.slice(at + 1)]];
  const value = process.env[entry];
  return value === undefined ? [] : [[entry, value]];
}

function folderOf(path: string): string {
  if (/^(?:https?|git):\/\//.test(path))
    throw new CommandError(`${path}: no network can be reached; give a folder or -`);
  const absolute = path.startsWith("/") ? path : `${process.cwd()}/${path}`;
  const stat = statSync(absolute, { throwIfNoEntry: false });
  if (!stat) throw new CommandError(`unable to prepare context: path "${path}" not found`);
  if (!stat.isDirectory()) throw new CommandError(`unable to prepare context: path "${path}" is not a directory`);
  return absolute.replace(/\/+$/, "") || "/";
}

/** A tar stream is a context, anything else a Containerfile without one. */
function fromStream(runtime: Runtime, folder: string): string {
  runArchive(runtime, ["context", "--folder", folder, "--limit", unpackLimit(runtime)], { input: 0 });
  return folder;
}
