/**
 * The images of this machine, read: two OCI image layouts (image-spec, image-layout.md) seen as one. What came with the
 * guest is read-only on 9p, each layer unpacked beside it in a folder named by its diff id. What was loaded, built,
 * committed or tagged is on the disk (store-edit.ts), where a layer is only kept unpacked, with the recipe of its tar file.
 * An image's name is the annotation org.opencontainers.image.ref.name in index.json.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import type { Paths } from "../container/paths.ts";
import { DIGEST, NO_NAME, normalizeReference } from "./reference.ts";
import {
  BUILDING,
  CONTENT_BYTES,
  type ConfigFile,
  type Descriptor,
  type Index,
  type Manifest,
  REF_NAME,
  TAKEN_NAMES,
} from "./types.ts";

export { isReference, normalizeReference } from "./reference.ts";

export interface Image {
  /** "busybox:latest", or "<none>:<none>" */
  readonly name: string;
  /** The config's digest, "sha256:…", as docker's image id. */
  readonly id: string;
  /** The manifest's. */
  readonly digest: string;
  readonly createdMs: number | null;
  /** Of the files in its layers. */
  readonly sizeBytes: number;
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly workingDir: string;
  readonly user: string;
  readonly stopSignal: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** "80/tcp" */
  readonly exposedPorts: readonly string[];
  /** Folders, uppermost first. */
  readonly layers: readonly string[];
  /** It came with the guest. */
  readonly bundled: boolean;
  /** A step of a build that goes on. */
  readonly building: boolean;
  /** In its index. */
  readonly entry: Descriptor;
  readonly manifest: Manifest;
  readonly file: ConfigFile;
}

export const ownImages = ({ lib }: Paths): string => `${lib}/images`;
export const ownLayers = ({ lib }: Paths): string => `${lib}/layers`;
/** Where what is being made lies: of who holds the lock on the images alone. */
export const workFolder = (paths: Paths): string => `${ownImages(paths)}/work`;
export const indexFile = (folder: string): string => `${folder}/index.json`;

/** The hexadecimal part. */
export function hashOf(digest: string): string {
  const hash = DIGEST.exec(digest)?.[1];
  if (!hash) throw new Error(`"${digest}" is no sha256 digest; load or build the image again`);
  return hash;
}

export const blobIn = (folder: string, digest: string): string => `${folder}/blobs/sha256/${hashOf(digest)}`;
export const ownLayer = (paths: Paths, diffId: string): string => `${ownLayers(paths)}/${hashOf(diffId)}`;
export const bundledLayer = (paths: Paths, diffId: string): string => `${paths.layers}/${hashOf(diffId)}`;

/** The folder that is overlayfs' lowerdir. */
export function layerTree(paths: Paths, diffId: string): string {
  const bundled = bundledLayer(paths, diffId);
  return existsSync(bundled) ? bundled : `${ownLayer(paths, diffId)}/tree`;
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, "utf8")) as T;

export const contentBytes = (layer: Descriptor): number => Number(layer.annotations?.[CONTENT_BYTES] ?? layer.size);

function readImage(paths: Paths, folder: string, entry: Descriptor, name: string): Image {
  const bundled = folder === paths.images;
  const manifest = readJson<Manifest>(blobIn(folder, entry.digest));
  const file = readJson<ConfigFile>(blobIn(folder, manifest.config.digest));
  const config = file.config ?? {};
  const created = file.created ? Date.parse(file.created) : Number.NaN;
  const tree = (id: string) => (bundled ? bundledLayer(paths, id) : layerTree(paths, id));
  return {
    name,
    id: manifest.config.digest,
    digest: entry.digest,
    createdMs: Number.isNaN(created) ? null : created,
    sizeBytes: manifest.layers.reduce((sum, layer) => sum + contentBytes(layer), 0),
    env: config.Env ?? [],
    entrypoint: config.Entrypoint ?? [],
    command: config.Cmd ?? [],
    workingDir: config.WorkingDir || "/",
    user: config.User ?? "",
    stopSignal: config.StopSignal || null,
    labels: config.Labels ?? {},
    exposedPorts: Object.keys(config.ExposedPorts ?? {}),
    layers: file.rootfs.diff_ids.map(tree).reverse(),
    bundled,
    building: entry.annotations?.[BUILDING] !== undefined,
    entry,
    manifest,
    file,
  };
}

/** What changes when the file does. */
interface Stamp {
  readonly index: string;
  /** 0 where there is no file. */
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
}

function stampOf(index: string): Stamp {
  const { ino = 0, size = 0, mtimeMs = 0 } = statSync(index, { throwIfNoEntry: false }) ?? {};
  return { index, ino, size, mtimeMs };
}

const isSame = (a: Stamp, b: Stamp | undefined): boolean =>
  a.index === b?.index && a.ino === b.ino && a.size === b.size && a.mtimeMs === b.mtimeMs;

export const entryName = (entry: Descriptor): string => {
  const name = entry.annotations?.[REF_NAME];
  return name === undefined ? NO_NAME : normalizeReference(name);
};

export const takenNames = (index: Index | null): readonly string[] =>
  JSON.parse(index?.annotations?.[TAKEN_NAMES] ?? "[]") as string[];

let cache: { readonly bundled: Stamp; readonly own: Stamp; readonly images: readonly Image[] } | null = null;

/** One for each name. Read once a process and again when an index.json changes; the resident has them before the first container. */
export function listImages(paths: Paths): readonly Image[] {
  const own = ownImages(paths);
  const stamps = { bundled: stampOf(indexFile(paths.images)), own: stampOf(indexFile(own)) };
  if (cache && isSame(stamps.bundled, cache.bundled) && isSame(stamps.own, cache.own)) return cache.images;
  const index = stamps.own.ino ? readJson<Index>(indexFile(own)) : null;
  const taken = takenNames(index);
  const bundled = stamps.bundled.ino ? readJson<Index>(indexFile(paths.images)).manifests : [];
  const known = new Set(bundled.map(({ digest }) => digest));
  const images = [
    ...(index?.manifests ?? []).map((entry) => ({ entry, folder: known.has(entry.digest) ? paths.images : own })),
    ...bundled.filter((entry) => !taken.includes(entryName(entry))).map((entry) => ({ entry, folder: paths.images })),
  ].map(({ entry, folder }) => readImage(paths, folder, entry, entryName(entry)));
  cache = { ...stamps, images };
  return images;
}

/** Those that came with the guest, whatever has become of their names. */
export function listBundled(paths: Paths): readonly Image[] {
  const entries = readJson<Index>(indexFile(paths.images)).manifests;
  return entries.map((entry) => readImage(paths, paths.images, entry, entryName(entry)));
}

/** By name, or by id or its beginning; null when there is none. */
export function findImage(paths: Paths, reference: string): Image | null {
  const images = listImages(paths);
  const [plain = "", digest] = reference.split("@");
  const name = normalizeReference(plain);
  const named = images.find((image) => image.name === name && (digest === undefined || image.digest === digest));
  if (named || !/^(?:sha256:)?[0-9a-f]{3,64}$/.test(reference)) return named ?? null;
  const prefix = reference.startsWith("sha256:") ? reference : `sha256:${reference}`;
  return images.find((image) => image.id.startsWith(prefix) || image.digest === prefix) ?? null;
}

/** In docker's words for the verbs on images. */
export function requireImage(paths: Paths, reference: string): Image {
  const image = findImage(paths, reference);
  if (!image)
    throw new Error(`No such image: ${/^[0-9a-f]{12,}$/.test(reference) ? reference : normalizeReference(reference)}`);
  return image;
}
