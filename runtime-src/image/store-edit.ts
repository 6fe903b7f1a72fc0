/**
 * The images on the disk, changed: /var/lib/box/images is an OCI image layout without layer blobs, /var/lib/box/layers
 * has each layer unpacked (`tree`, `recipe.gz`, see archive/recipe.c) in a folder named by its diff id. The disk is a RAM
 * disk of 128 MiB: a layer is never there twice, as blob and as tree, and its tar file is made again when one is saved.
 * All here is called with the lock held, and puts things in their place by way of the work folder (image-change.ts).
 */

import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import type { Host } from "../container/host.ts";
import type { Paths } from "../container/paths.ts";
import { listContainers } from "../container/recover.ts";
import { cachedLayers } from "./build-cache.ts";
import { NO_NAME } from "./reference.ts";
import { sha256 } from "./sha256.ts";
import { blobIn, entryName, hashOf, indexFile, ownImages, ownLayers, takenNames, workFolder } from "./store.ts";
import {
  BUILDING,
  type ConfigFile,
  type Descriptor,
  type Index,
  type Manifest,
  MEDIA_CONFIG,
  MEDIA_INDEX,
  MEDIA_MANIFEST,
  REF_NAME,
  TAKEN_NAMES,
} from "./types.ts";

const EMPTY: Index = { schemaVersion: 2, mediaType: MEDIA_INDEX, manifests: [] };

export function readIndex(paths: Paths): Index {
  const file = indexFile(ownImages(paths));
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Index) : EMPTY;
}

function bundledEntries(paths: Paths): readonly Descriptor[] {
  const file = indexFile(paths.images);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Index).manifests : [];
}

/** A reader sees the old or the new one. */
export function writeIndex(paths: Paths, index: Index): void {
  const folder = ownImages(paths);
  const file = indexFile(folder);
  if (!existsSync(`${folder}/oci-layout`)) writeFileSync(`${folder}/oci-layout`, '{"imageLayoutVersion":"1.0.0"}');
  const made = `${workFolder(paths)}/index.json`;
  const fd = openSync(made, "w", 0o600);
  try {
    writeFileSync(fd, JSON.stringify(index));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(made, file);
}

/** Puts the text among the blobs, by way of the work folder. */
export function addBlob(paths: Paths, text: string, mediaType: string): Descriptor {
  const digest = `sha256:${sha256(text)}`;
  const target = blobIn(ownImages(paths), digest);
  if (!existsSync(target)) {
    const made = `${workFolder(paths)}/blob`;
    writeFileSync(made, text, { mode: 0o600 });
    renameSync(made, target);
  }
  return { mediaType, digest, size: Buffer.byteLength(text) };
}

/** The descriptor of a new image's manifest; the config's text is kept byte for byte, as its digest is the image's id. */
export function addImage(paths: Paths, config: ConfigFile | string, layers: readonly Descriptor[]): Descriptor {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_MANIFEST,
    config: addBlob(paths, text, MEDIA_CONFIG),
    layers,
  };
  const { architecture = "386", os = "linux" } = typeof config === "string" ? (JSON.parse(text) as ConfigFile) : config;
  return { ...addBlob(paths, JSON.stringify(manifest), MEDIA_MANIFEST), platform: { architecture, os } };
}

const named = (entry: Descriptor, name: string): Descriptor => ({
  ...entry,
  annotations: { [REF_NAME]: name },
});
const nameless = ({ annotations: _, ...entry }: Descriptor): Descriptor => entry;

/** The index with the image under that name (null: none); who had the name keeps its image without one. */
export function withName(paths: Paths, index: Index, entry: Descriptor, name: string | null): Index {
  const has = (digest: string, list: readonly Descriptor[]) => list.some((other) => other.digest === digest);
  if (name === null) {
    const known = has(entry.digest, index.manifests) || has(entry.digest, visible(paths, index));
    return known ? index : { ...index, manifests: [nameless(entry), ...index.manifests] };
  }
  const { index: free, removed } = withoutName(paths, index, name);
  const rest = free.manifests.filter((other) => other.digest !== entry.digest || entryName(other) !== NO_NAME);
  const orphan = removed && removed.digest !== entry.digest && !has(removed.digest, [...rest, ...visible(paths, free)]);
  return { ...free, manifests: [named(entry, name), ...rest, ...(orphan && removed ? [nameless(removed)] : [])] };
}

/** The bundled entries that still have their names. */
const visible = (paths: Paths, index: Index): readonly Descriptor[] => {
  const taken = takenNames(index);
  return bundledEntries(paths).filter((entry) => !taken.includes(entryName(entry)));
};

export function withoutName(
  paths: Paths,
  index: Index,
  name: string,
): { readonly index: Index; readonly removed: Descriptor | null } {
  const own = index.manifests.find((entry) => entryName(entry) === name);
  if (own) return { index: { ...index, manifests: index.manifests.filter((entry) => entry !== own) }, removed: own };
  const bundled = visible(paths, index).find((entry) => entryName(entry) === name);
  if (!bundled) return { index, removed: null };
  const annotations = { ...index.annotations, [TAKEN_NAMES]: JSON.stringify([...takenNames(index), name]) };
  return { index: { ...index, annotations }, removed: nameless(bundled) };
}

export const withoutImage = (index: Index, digest: string): Index => ({
  ...index,
  manifests: index.manifests.filter((entry) => entry.digest !== digest),
});

const isAlive = (pid: string): boolean => existsSync(`/proc/${pid}`);

/** What removeUnused has moved: [its place, where it is now]. */
export type Moves = readonly (readonly [from: string, to: string])[];

/**
 * Blobs and layers on the disk that no image, no running build, no cache and no container needs go into the work folder,
 * and with it.
 */
export function removeUnused(host: Host): Moves {
  const { paths } = host;
  const { blobs, layers } = neededNames(host);
  const unused = (folder: string, needed: ReadonlySet<string>) =>
    readdirSync(folder)
      .filter((name) => !needed.has(name))
      .map((name) => [`${folder}/${name}`, `${workFolder(paths)}/unused-${name}`] as const);
  const moves = [...unused(`${ownImages(paths)}/blobs/sha256`, blobs), ...unused(ownLayers(paths), layers)];
  moveAll(moves);
  return moves;
}

/** All of them or none. */
function moveAll(moves: Moves): void {
  const done: [string, string][] = [];
  try {
    for (const [from, to] of moves) {
      renameSync(from, to);
      done.unshift([to, from]);
    }
  } catch (error) {
    for (const [from, to] of done) renameSync(from, to);
    throw error;
  }
}

export const moveBack = (moves: Moves): void => moveAll(moves.map(([from, to]) => [to, from] as const));

interface Needed {
  readonly blobs: ReadonlySet<string>;
  readonly layers: ReadonlySet<string>;
}

function neededNames(host: Host): Needed {
  const { paths } = host;
  const folder = ownImages(paths);
  const index = readIndex(paths);
  const kept = index.manifests.filter(({ annotations }) => {
    const builder = annotations?.[BUILDING];
    return builder === undefined || isAlive(builder);
  });
  if (kept.length < index.manifests.length) writeIndex(paths, { ...index, manifests: kept });
  const blobs = new Set<string>();
  const layers = new Set<string>(cachedLayers(paths, kept).map(hashOf));
  for (const { digest } of kept) {
    const file = blobIn(folder, digest);
    if (!existsSync(file)) continue; // it came with the guest
    const manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
    for (const each of [digest, manifest.config.digest]) blobs.add(hashOf(each));
    const config = JSON.parse(readFileSync(blobIn(folder, manifest.config.digest), "utf8")) as ConfigFile;
    for (const id of config.rootfs.diff_ids) layers.add(hashOf(id));
  }
  for (const { spec } of listContainers(host)) {
    for (const tree of spec.layers) layers.add(tree.replace(/\/tree$/, "").replace(/^.*\//, ""));
  }
  return { blobs, layers };
}
