/**
 * The content-addressed cache of heavy build results.
 *
 * A part is a folder named `<part>-<hash>` below the cache root, where the hash covers everything that the part is
 * made from. A part is built in a temporary folder beside its place and renamed into it when complete, so a folder
 * that exists is whole, and a build that was interrupted leaves nothing that counts.
 *
 * Root: $GLASSBOX_CACHE, else $XDG_CACHE_HOME/glassbox, else ~/.cache/glassbox.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

export function cacheRoot(): string {
  const root =
    process.env.GLASSBOX_CACHE ?? path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache"), "glassbox");
  mkdirSync(root, { recursive: true });
  return root;
}

export type HashInput = string | Uint8Array | { readonly file: string } | { readonly tree: string };

/** SHA-256 over all inputs in order, as hex. A tree counts its relative paths and the bytes of its files. */
export function hashOf(inputs: readonly HashInput[]): string {
  const hash = createHash("sha256");
  for (const input of inputs) {
    if (typeof input === "string" || input instanceof Uint8Array) {
      hash.update(input).update("\0");
    } else if ("file" in input) {
      hash.update(readFileSync(input.file)).update("\0");
    } else {
      for (const file of filesBelow(input.tree)) {
        hash.update(path.relative(input.tree, file)).update("\0").update(readFileSync(file)).update("\0");
      }
    }
  }
  return hash.digest("hex");
}

function filesBelow(folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) found.push(...filesBelow(full));
    else if (entry.isFile()) found.push(full);
  }
  return found.sort();
}

export interface Part {
  readonly name: string;
  readonly hash: string;
  /** The finished folder. */
  readonly dir: string;
  /** True when this call built it, false when it was there. */
  readonly built: boolean;
}

/**
 * Returns the part's folder, building it first where the cache lacks it.
 * `build` gets an empty folder to fill; what it throws is passed on, and the folder is removed.
 */
export async function part(
  name: string,
  inputs: readonly HashInput[],
  build: (dir: string, hash: string) => Promise<void>,
): Promise<Part> {
  const hash = hashOf([name, ...inputs]);
  const dir = path.join(cacheRoot(), `${name}-${hash.slice(0, 16)}`);
  if (existsSync(dir)) {
    const now = new Date();
    utimesSync(dir, now, now);
    return { name, hash, dir, built: false };
  }
  const building = `${dir}.building-${process.pid}`;
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { recursive: true });
  try {
    await build(building, hash);
    if (existsSync(dir)) rmSync(building, { recursive: true });
    else renameSync(building, dir);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    throw error;
  }
  return { name, hash, dir, built: true };
}

/** Removes all but the `keep` most recently used folders of a part, and what interrupted builds left a day ago. */
export function pruneCache(name: string, keep: number): void {
  const root = cacheRoot();
  const folders = readdirSync(root)
    .filter((entry) => entry.startsWith(`${name}-`))
    .map((entry) => ({ dir: path.join(root, entry), at: statSync(path.join(root, entry)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  let kept = 0;
  for (const { dir, at } of folders) {
    const interrupted = dir.includes(".building-");
    if (interrupted ? Date.now() - at > 86_400_000 : ++kept > keep) rmSync(dir, { recursive: true, force: true });
  }
}
