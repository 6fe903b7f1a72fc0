/**
 * The images of this machine: an OCI image layout (image-spec, image-layout.md) and, beside it, each layer unpacked in a
 * folder named by its diff id. An image's name is the annotation org.opencontainers.image.ref.name in index.json.
 */
import { readFileSync, statSync } from "node:fs";
import { isErrno } from "../container/host.ts";
import type { Paths } from "../container/paths.ts";

interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** The parts of image-spec's config.md that running needs. */
interface ImageConfigFile {
  readonly created?: string;
  readonly architecture?: string;
  readonly os?: string;
  readonly config?: {
    readonly Env?: readonly string[] | null;
    readonly Entrypoint?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly WorkingDir?: string;
    readonly User?: string;
    readonly StopSignal?: string;
    readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
    readonly Labels?: Readonly<Record<string, string>> | null;
  };
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

export interface Image {
  /** "busybox:latest" */
  readonly name: string;
  /** The config's digest, "sha256:…", as docker's image id. */
  readonly id: string;
  readonly digest: string;
  readonly createdMs: number | null;
  readonly sizeBytes: number;
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly workingDir: string;
  readonly user: string;
  readonly stopSignal: string | null;
  /** "80/tcp" */
  readonly exposedPorts: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Folders, uppermost first. */
  readonly layers: readonly string[];
}

const REF_NAME = "org.opencontainers.image.ref.name";
const DIGEST = /^sha256:([0-9a-f]{64})$/;

/** "busybox", "docker.io/library/busybox:latest" -> "busybox:latest" */
export function normalizeReference(reference: string): string {
  const short = reference.replace(/^(?:docker\.io\/)?(?:library\/)?/, "");
  return short.slice(short.lastIndexOf("/") + 1).includes(":") ? short : `${short}:latest`;
}

/** docker's rule, as far as it can be said in a line: lower case parts with separators, a tag. */
export const isReference = (reference: string): boolean =>
  /^[a-z0-9]+(?:(?:[._]|__|-+|\/|:\d+\/)[a-z0-9]+)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/.test(reference);

function blobPath(paths: Paths, digest: string): string {
  const hash = DIGEST.exec(digest)?.[1];
  if (!hash) throw new Error(`${paths.images}: "${digest}" is no sha256 digest; build the image again`);
  return `${paths.images}/blobs/sha256/${hash}`;
}

const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, "utf8")) as T;

function readImage(paths: Paths, entry: Descriptor, name: string): Image {
  const manifest = readJson<Manifest>(blobPath(paths, entry.digest));
  const file = readJson<ImageConfigFile>(blobPath(paths, manifest.config.digest));
  const config = file.config ?? {};
  const created = file.created ? Date.parse(file.created) : Number.NaN;
  return {
    name,
    id: manifest.config.digest,
    digest: entry.digest,
    createdMs: Number.isNaN(created) ? null : created,
    sizeBytes: manifest.layers.reduce((sum, { size }) => sum + size, 0),
    env: config.Env ?? [],
    entrypoint: config.Entrypoint ?? [],
    command: config.Cmd ?? [],
    workingDir: config.WorkingDir || "/",
    user: config.User ?? "",
    stopSignal: config.StopSignal ?? null,
    exposedPorts: Object.keys(config.ExposedPorts ?? {}),
    labels: config.Labels ?? {},
    layers: file.rootfs.diff_ids.map((id) => `${paths.layers}/${DIGEST.exec(id)?.[1] ?? "unknown"}`).reverse(),
  };
}

let cache: { readonly stamp: string; readonly images: readonly Image[] } | null = null;

/** Read once a process and again when index.json changes; the resident has them before the first container. */
export function listImages(paths: Paths): readonly Image[] {
  const index = `${paths.images}/index.json`;
  let stamp: string;
  try {
    const { mtimeMs, ino, size } = statSync(index);
    stamp = `${index} ${ino} ${size} ${mtimeMs}`;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
  if (cache?.stamp === stamp) return cache.images;
  const { manifests } = readJson<{ manifests: readonly Descriptor[] }>(index);
  const images = manifests.map((entry) =>
    readImage(paths, entry, normalizeReference(entry.annotations?.[REF_NAME] ?? entry.digest)),
  );
  cache = { stamp, images };
  return images;
}

/** By name, or by id or its beginning; null when there is none. */
export function findImage(paths: Paths, reference: string): Image | null {
  const images = listImages(paths);
  const name = normalizeReference(reference);
  const named = images.find((image) => image.name === name);
  if (named || !/^(?:sha256:)?[0-9a-f]{3,64}$/.test(reference)) return named ?? null;
  const prefix = reference.startsWith("sha256:") ? reference : `sha256:${reference}`;
  return images.find(({ id, digest }) => id.startsWith(prefix) || digest === prefix) ?? null;
}
