/**
 * The tree as v86's 9p device serves it: an index (fs.json, version 3) and a pool of content-addressed files.
 *
 * Index entries are [name, size, mtime, mode, uid, gid, target]; target is the file's name in the pool, a link's
 * destination or a folder's entries. A name ends in ".zst", which makes v86 decompress it. Everything belongs to root,
 * modes (setuid, sticky) come from the disk, times are one fixed moment, so equal inputs give equal trees.
 */
import { createHash } from "node:crypto";
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { cacheRoot } from "../lib/cache.ts";
import type { Step } from "../lib/progress.ts";
import { run } from "../lib/run.ts";

/** 2026-01-01T00:00:00Z, in seconds. */
export const TREE_MTIME = 1_767_225_600;
const NAME_DIGITS = 20;
const BATCH = 200;

type Entry = [
  name: string,
  size: number,
  mtime: number,
  mode: number,
  uid: number,
  gid: number,
  target?: string | Entry[],
];

export interface Graft {
  /** Folder on the build machine. */
  readonly from: string;
  /** Where its entries go, "" for the root. */
  readonly to: string;
}

export interface ServedTree {
  readonly index: { readonly version: 3; readonly size: number; readonly fsroot: readonly Entry[] };
  /** Pool name -> file on the build machine. */
  readonly files: ReadonlyMap<string, string>;
}

export function serveTree(grafts: readonly Graft[]): ServedTree {
  const files = new Map<string, string>();
  const root: Entry[] = [];
  let size = 0;
  const add = (into: Entry[], from: string): void => {
    for (const name of readdirSync(from).sort()) {
      const file = path.join(from, name);
      const stat = lstatSync(file);
      const found = into.find((entry) => entry[0] === name);
      if (stat.isDirectory()) {
        const children = found && Array.isArray(found[6]) ? found[6] : [];
        if (!found) into.push([name, 4096, TREE_MTIME, stat.mode, 0, 0, children]);
        add(children, file);
        continue;
      }
      if (found) into.splice(into.indexOf(found), 1);
      if (stat.isSymbolicLink()) {
        const target = readlinkSync(file);
        into.push([name, target.length, TREE_MTIME, stat.mode, 0, 0, target]);
      } else if (stat.isFile()) {
        const pooled = `${createHash("sha256").update(readFileSync(file)).digest("hex").slice(0, NAME_DIGITS)}.zst`;
        files.set(pooled, file);
        size += stat.size;
        into.push([name, stat.size, TREE_MTIME, stat.mode, 0, 0, pooled]);
      }
    }
  };
  for (const { from, to } of grafts) add(folderAt(root, to), from);
  return { index: { version: 3, size, fsroot: root }, files };
}

function folderAt(root: Entry[], to: string): Entry[] {
  let entries = root;
  for (const name of to.split("/").filter(Boolean)) {
    let folder = entries.find((entry) => entry[0] === name);
    if (!folder) {
      folder = [name, 4096, TREE_MTIME, 0o40755, 0, 0, []];
      entries.push(folder);
    }
    if (!Array.isArray(folder[6])) throw new Error(`${to}: ${name} is not a folder`);
    entries = folder[6];
  }
  return entries;
}

/** Puts the compressed files into `target`, as hard links into a pool in the cache that compresses each content once. */
export async function writePool(tree: ServedTree, target: string, progress: Step): Promise<void> {
  const pool = path.join(cacheRoot(), "pool");
  mkdirSync(pool, { recursive: true });
  const have = new Set(readdirSync(pool));
  const missing = [...tree.files].filter(([name]) => !have.has(name));
  const work = path.join(pool, `.compressing-${process.pid}`);
  for (let start = 0; start < missing.length; start += BATCH) {
    mkdirSync(work, { recursive: true });
    const batch = missing.slice(start, start + BATCH);
    for (const [name, file] of batch) writeFileSync(path.join(work, name.replace(/\.zst$/, "")), readFileSync(file));
    await run("bash", ["-c", 'printf "%s\\0" * | xargs -0 -P2 -n8 zstd -q -19 --rm'], { cwd: work });
    for (const [name] of batch) renameSync(path.join(work, name), path.join(pool, name));
    progress.update(Math.min(start + BATCH, missing.length), missing.length, "files compressed");
  }
  rmSync(work, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const name of tree.files.keys()) linkSync(path.join(pool, name), path.join(target, name));
}
