/**
 * The images on the disk, changed: /var/lib/box/images is an OCI image layout without layer blobs, /var/lib/box/layers
 * has each layer unpacked (`tree`, `recipe.gz`, see archive/recipe.c) in a folder named by its diff id. The disk is a RAM
 * disk of 128 MiB: a layer is never there twice, as blob and as tree, and its tar file is made again when one is saved.
 *
 * One at a time, under flock(2) on images/lock. What is being made lies in images/work, which only the holder of the lock
 * uses, and gets its place by rename(2), the index last; who takes the lock and finds something there removes what a
 * killed one has left, and what no image, build or container needs.
 */

import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import type { Host } from "../container/host.ts";
import type { Paths } from "../container/paths.ts";
import { listContainers } from "../container/recover.ts";
import { LOCK_EX, O_CLOEXEC, O_CREAT, O_RDWR } from "../linux/constants.ts";
import { cachedLayers } from "./build-cache.ts";
import { NO_NAME } from "./reference.ts";
import { sha256 } from "./sha256.ts";
import { blobIn, entryName, hashOf, indexFile, ownImages, ownLayers, takenNames } from "./store.ts";
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

export const workFolder = (paths: Paths): string => `${ownImages(paths)}/work`;

/** Runs `act` as the only one that changes images; what fails leaves nothing. */
export function withImages<T>(host: Host, act: () => T): T {
  const { linux, paths } = host;
  const folder = ownImages(paths);
  mkdirSync(`${folder}/blobs/sha256`, { recursive: true, mode: 0o700 });
  mkdirSync(ownLayers(paths), { recursive: true, mode: 0o711 });
  const lock = linux.open(`${folder}/lock`, O_RDWR | O_CREAT | O_CLOEXEC, 0o600);
  try {
    linux.flock(lock, LOCK_EX);
    if (existsSync(workFolder(paths))) cleanUp(host);
    mkdirSync(workFolder(paths), 0o700);
    try {
      const result = act();
      rmSync(workFolder(paths), { recursive: true });
      return result;
    } catch (error) {
      cleanUp(host);
      throw error;
    }
  } finally {
    linux.close(lock);
  }
}

function cleanUp(host: Host): void {
  const work = workFolder(host.paths);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, 0o700);
  removeUnused(host);
  rmSync(work, { recursive: true });
}

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
  const fd = openSync(`${file}.new`, "w", 0o600);
  try {
    writeFileSync(fd, JSON.stringify(index));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(`${file}.new`, file);
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

/** Blobs and layers on the disk that no image, no running build, no cache and no container needs; returns the layers. */
export function removeUnused(host: Host): string[] {
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
  const unused = (list: string, needed: ReadonlySet<string>) =>
    existsSync(list) ? readdirSync(list).filter((name) => !needed.has(name)) : [];
  for (const name of unused(`${folder}/blobs/sha256`, blobs)) rmSync(`${folder}/blobs/sha256/${name}`, { force: true });
  const gone = unused(ownLayers(paths), layers);
  for (const name of gone) removeLayer(paths, name);
  return gone;
}

/** By way of the work folder, so that half a layer is never one. */
function removeLayer(paths: Paths, name: string): void {
  const going = `${workFolder(paths)}/${name}`;
  renameSync(`${ownLayers(paths)}/${name}`, going);
  rmSync(going, { recursive: true, force: true });
}
