/**
 * `docker cp`. Both sides are tar streams between two processes, each of which has the root that its side speaks of made
 * its own root (chroot(2)): a symbolic link in a container ends in the container, whatever it says.
 */
import { lstatSync, statSync } from "node:fs";
import { pipeArchives, runArchive } from "../image/archive.ts";
import { containerRoot, type Root } from "../image/container-root.ts";
import { requireContainer } from "./each-container.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { CommandError, type Runtime, type Verb } from "./runtime.ts";
import { humanSize } from "./units.ts";
import { requireWords } from "./word-count.ts";

const FLAGS: readonly Flag[] = [
  { name: "archive", short: "a", kind: "bool", help: "Archive mode (copy all uid/gid information)" },
  { name: "follow-link", short: "L", kind: "bool", help: "Always follow symbol link in SRC_PATH" },
  { name: "quiet", short: "q", kind: "bool", help: "Suppress progress output during copy" },
];

type Kind = "folder" | "file" | "link" | "other" | "none";

/** One end of a copy: a container's root or this machine's. */
interface End {
  readonly root: Root;
  readonly path: string;
  readonly kindOf: (path: string, follow: boolean) => Kind;
}

const HOST_ROOT: Root = { path: "/", enter: () => {} };

/** "web:/etc" -> [web, /etc]; a path of this machine has no container. A colon after a slash is part of a path. */
function splitArgument(argument: string): readonly [string | null, string] {
  const colon = argument.indexOf(":");
  if (argument.startsWith("/") || argument.startsWith(".") || colon <= 0) return [null, argument];
  return [argument.slice(0, colon), argument.slice(colon + 1)];
}

function hostEnd(path: string): End {
  const absolute = path.startsWith("/") ? path : `${process.cwd()}/${path}`;
  return {
    root: HOST_ROOT,
    path: absolute,
    kindOf: (at, follow) => {
      const stat = (follow ? statSync : lstatSync)(at, { throwIfNoEntry: false });
      if (!stat) return "none";
      return stat.isDirectory() ? "folder" : stat.isFile() ? "file" : stat.isSymbolicLink() ? "link" : "other";
    },
  };
}

function containerEnd(runtime: Runtime, reference: string, path: string): End {
  const root = containerRoot(runtime, requireContainer(runtime, reference));
  return {
    root,
    path: path.startsWith("/") ? path : `/${path}`,
    kindOf: (at, follow) => {
      const args = ["stat", "--root", root.path, "--path", at, ...(follow ? ["--follow"] : [])];
      return runArchive(runtime, args, { enter: root.enter })[0].trim() as Kind;
    },
  };
}

const withoutSlashes = (path: string): string => path.replace(/\/+$/, "") || "/";
const baseName = (path: string): string => withoutSlashes(path).replace(/^.*\//, "");
const folderOf = (path: string): string => withoutSlashes(path).replace(/\/[^/]*$/, "") || "/";

/** Where what is copied goes, and under which name ("" for a folder's contents): docker's rules for SRC and DEST. */
function targetOf(source: End, destination: End, sourceKind: Kind): { readonly into: string; readonly as: string } {
  const contents = /\/\.$/.test(source.path);
  const { path } = destination;
  const kind = destination.kindOf(path, true);
  const isFolder = sourceKind === "folder";
  if (kind === "folder") return { into: path, as: contents ? "" : baseName(source.path) };
  if (kind === "none") {
    if (path.endsWith("/") && !isFolder) throw new CommandError(`destination directory "${path}" must exist`);
    if (destination.kindOf(folderOf(path), true) !== "folder") {
      throw new CommandError(`destination directory "${folderOf(path)}" must exist`);
    }
    return { into: folderOf(path), as: baseName(path) };
  }
  if (isFolder) throw new CommandError("cannot copy directory to a file");
  return { into: folderOf(path), as: baseName(path) };
}

function packArgs(source: End, as: string, archive: boolean, follow: boolean): string[] {
  const path = source.path.replace(/\/\.$/, "") || "/";
  const own = archive ? [] : ["--owner", "0:0"];
  const link = follow ? ["--follow"] : [];
  return ["pack", "--root", source.root.path, "--path", withoutSlashes(path), "--as", as, ...own, ...link];
}

/** A name for what has none. */
const nameOf = (path: string): string => baseName(path.replace(/\/\.$/, ""));

function existing(source: End, reference: string | null, follow: boolean): Kind {
  const path = withoutSlashes(source.path);
  const kind = source.kindOf(path, follow || source.path.endsWith("/"));
  if (kind !== "none") return kind;
  const where =
    reference === null ? `lstat ${source.path}` : `Could not find the file ${source.path} in container ${reference}`;
  throw new CommandError(reference === null ? `${where}: no such file or directory` : where);
}

export const cp: Verb = {
  usage: "cp [OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-  |  cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH",
  summary: "Copy files/folders between a container and the local filesystem",
  flags: FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 2, 2);
    const [from = "", to = ""] = flags.rest;
    const [source, sourcePath] = splitArgument(from);
    const [target, targetPath] = splitArgument(to);
    if (source !== null && target !== null) throw new CommandError("copying between containers is not supported");
    if (source === null && target === null) throw new CommandError("must specify at least one container source");
    if (sourcePath === "" || targetPath === "") throw new CommandError("source and destination paths cannot be empty");
    const archive = flags.bool("archive");
    const follow = flags.bool("follow-link");
    if (target !== null) refuseReadonly(runtime, target);
    if (target !== null && from === "-") return fromStream(runtime, containerEnd(runtime, target, targetPath));
    const sourceEnd = source === null ? hostEnd(sourcePath) : containerEnd(runtime, source, sourcePath);
    const kind = existing(sourceEnd, source, follow);
    if (source !== null && to === "-") {
      const args = packArgs(sourceEnd, nameOf(sourceEnd.path), true, follow);
      if (runtime.linux.isatty(1)) throw new CommandError("refusing to write an archive to a terminal");
      runArchive(runtime, args, { output: 1, enter: sourceEnd.root.enter });
      return 0;
    }
    const targetEnd = target === null ? hostEnd(targetPath) : containerEnd(runtime, target, targetPath);
    const { into, as } = targetOf(sourceEnd, targetEnd, kind);
    const [, words] = pipeArchives(
      runtime,
      packArgs(sourceEnd, as, archive, follow),
      ["extract", "--root", targetEnd.root.path, "--into", into],
      sourceEnd.root.enter,
      targetEnd.root.enter,
    );
    const size = humanSize(Number(words.split(" ").at(-1)));
    if (!flags.bool("quiet")) runtime.err(`Successfully copied ${size} to ${to}\n`);
    return 0;
  },
};

function refuseReadonly(runtime: Runtime, reference: string): void {
  if (requireContainer(runtime, reference).spec.rootReadonly) {
    throw new CommandError("container rootfs is marked read-only");
  }
}

/** A tar stream into a folder that is there. */
function fromStream(runtime: Runtime, end: End): number {
  const kind = end.kindOf(end.path, true);
  if (kind === "none") throw new CommandError(`Could not find the file ${end.path} in container`);
  if (kind !== "folder") throw new CommandError(`destination "${end.path}" must be a directory`);
  const args = ["extract", "--root", end.root.path, "--into", end.path];
  runArchive(runtime, args, { input: 0, enter: end.root.enter });
  return 0;
}
