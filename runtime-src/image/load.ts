/**
 * `docker load`: an archive's files, as `archive load` has sorted them, become images. Two kinds of archive are known:
 * docker's (manifest.json) and the OCI image layout (index.json); where both are there docker's is read, as docker does.
 * Nothing is believed: blobs are held against their digests, layers against the config's diff ids.
 */
import { readFileSync, statfsSync } from "node:fs";
import type { Host } from "../container/host.ts";
import type { Paths } from "../container/paths.ts";
import { runChange } from "../container/run-change.ts";
import type { Step } from "../container/steps.ts";
import { sourceHere } from "../linux/source-position.ts";
import { ARCHIVE, runArchive } from "./archive.ts";
import { beginSteps, endSteps, ImageChange, keepSteps } from "./image-change.ts";
import { knownLayer, layerDescriptor } from "./layers.ts";
import { isReference, normalizeReference, repositoryOf } from "./reference.ts";
import { sha256 } from "./sha256.ts";
import { hashOf, ownLayers, workFolder } from "./store.ts";
import { type ConfigFile, type Descriptor, type Index, type Manifest, REF_NAME } from "./types.ts";

/** Overlayfs takes its lower folders in one page of mount options. */
export const LAYERS_MOST = 40;
const CONTAINERD_NAME = "io.containerd.image.name";
/** What a layer may be when uncompressed, in sizes of the disk. */
const BOMB_FACTOR = 2;

export const unpackLimit = (host: Host): string => {
  const { bsize, blocks } = statfsSync(host.paths.lib) as { bsize: number; blocks: number };
  return String(bsize * blocks * BOMB_FACTOR);
};

export interface Loaded {
  readonly id: string;
  readonly names: readonly string[];
  readonly architecture: string;
}

interface ArchiveFile {
  readonly kind: string;
  readonly number: string;
  readonly digest: string;
  readonly diffId: string;
  readonly tarBytes: string;
  readonly contentBytes: string;
}

type Files = ReadonlyMap<string, ArchiveFile>;

interface ImageParts {
  readonly config: string;
  readonly layers: readonly string[];
  readonly names: readonly string[];
}

class LoadChange extends ImageChange {
  /** A descriptor. */
  readonly input: number;
  files: Files = new Map();
  loaded: readonly Loaded[] = [];

  constructor(host: Host, input: number) {
    super(host, "");
    this.input = input;
  }

  /** A file of the archive, as text. */
  read(name: string): string {
    const file = this.files.get(name);
    if (file?.kind !== "file") throw new Error(`open ${name}: no such file in the archive`);
    requireDigest(name, file);
    return readFileSync(this.workPath(file), "utf8");
  }

  workPath = ({ number }: ArchiveFile): string => `${workFolder(this.host.paths)}/${number}`;
}

export const loadSteps: readonly Step<LoadChange>[] = [
  ...beginSteps,
  {
    // In one pass, from a pipe too; each layer into a folder of its own, each small file as it is.
    name: "unpack-archive",
    part: "filesystem",
    syscall: "execve",
    args: ({ host }) => [ARCHIVE, "load", "--folder", workFolder(host.paths)],
    source: sourceHere(),
    run: (c) => {
      const { paths } = c.host;
      const have = `${paths.layers}:${ownLayers(paths)}`;
      const args = ["load", "--folder", workFolder(paths), "--have", have, "--limit", unpackLimit(c.host)];
      c.files = parseListing(runArchive(c.host, args, { input: c.input })[0]);
    },
  },
  {
    // Nothing has been believed so far, and nothing has its place.
    name: "check-images",
    part: null,
    syscall: "read",
    args: ({ files }) => ["manifest.json", "index.json"].filter((name) => files.has(name)),
    source: sourceHere(),
    run: checkImages,
  },
  ...keepSteps,
  ...endSteps,
];

/** `input` is the archive. */
export function loadImages(host: Host, input: number): readonly Loaded[] {
  const change = new LoadChange(host, input);
  runChange(change, "load", loadSteps);
  return change.loaded;
}

function checkImages(c: LoadChange): void {
  const { files } = c;
  const parts = imagesOf(files, (name) => c.read(name));
  if (parts.length === 0) throw new Error("the archive holds no image: neither manifest.json nor index.json names one");
  checkDigests(files, parts);
  const checked = parts.map((image) => ({ image, ...checkLayers(c.host.paths, files, image, c.read(image.config)) }));
  const found = [...new Set(parts.flatMap(({ layers }) => layers).map((name) => files.get(name)))];
  c.layers = found.flatMap((file) =>
    file?.kind === "layer" ? [{ folder: c.workPath(file), descriptor: descriptorOf(file) }] : [],
  );
  c.images = checked.map(({ text, descriptors, image }) => ({
    config: text,
    layers: descriptors,
    names: image.names,
  }));
  c.loaded = checked.map(({ text, config, image }) => ({
    id: `sha256:${sha256(text)}`,
    names: image.names,
    architecture: config.architecture ?? "",
  }));
}

/** A blob is what its name says. */
function requireDigest(name: string, { digest }: ArchiveFile): void {
  const said = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1];
  if (said !== undefined && said !== digest) throw new Error(`${name}: wrong digest: its content has sha256:${digest}`);
}

function parseListing(text: string): Files {
  const files = new Map<string, ArchiveFile>();
  const links: [string, string][] = [];
  for (const line of text.split("\n").filter(Boolean)) {
    const [kind = "", number = "", name = "", digest = "", diffId = "", tarBytes = "", content = ""] = line.split("\t");
    if (kind === "link") links.push([name, digest]);
    else files.set(name, { kind, number, digest, diffId, tarBytes, contentBytes: content });
  }
  for (const [name, target] of links) {
    const file = files.get(resolveLink(name, target)) ?? files.get(target);
    if (file) files.set(name, file);
  }
  return files;
}

/** "a/layer.tar" -> "../b/layer.tar": "b/layer.tar", as old versions of docker save wrote a layer that was there before. */
function resolveLink(name: string, target: string): string {
  const parts = name.split("/").slice(0, -1);
  for (const part of target.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

function parseJson<T>(text: string, name: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new Error(`${name}: ${(cause as Error).message}`, { cause });
  }
}

function imagesOf(files: Files, read: (name: string) => string): ImageParts[] {
  if (files.has("manifest.json")) {
    const list = parseJson<{ Config: string; RepoTags?: string[] | null; Layers: string[] }[]>(
      read("manifest.json"),
      "manifest.json",
    );
    return list.map(({ Config, RepoTags, Layers }) => ({
      config: Config,
      layers: Layers,
      names: (RepoTags ?? []).filter(isReference).map(normalizeReference),
    }));
  }
  if (!files.has("index.json")) return [];
  return parseJson<Index>(read("index.json"), "index.json").manifests.flatMap((entry) => ofDescriptor(entry, read));
}

const blobName = (digest: string): string => `blobs/sha256/${hashOf(digest)}`;

/** A manifest, or an index of one image for several platforms, of which ours is taken. */
function ofDescriptor(entry: Descriptor, read: (name: string) => string): ImageParts[] {
  const name = blobName(entry.digest);
  const found = parseJson<Partial<Manifest & Index>>(read(name), name);
  if (found.manifests) {
    const runnable = found.manifests.filter(({ platform }) => platform?.os !== "unknown");
    const own = runnable.find(({ platform }) => platform?.architecture === "386") ?? runnable[0];
    if (!own) return [];
    return ofDescriptor({ ...own, ...(entry.annotations ? { annotations: entry.annotations } : {}) }, read);
  }
  if (!found.config || !found.layers) throw new Error(`${name}: neither a manifest nor an index`);
  return [
    {
      config: blobName(found.config.digest),
      layers: found.layers.map(({ digest }) => blobName(digest)),
      names: namesOf(entry),
    },
  ];
}

/** A ref name without a repository ("latest") says nothing of what the image is called. */
function namesOf({ annotations = {} }: Descriptor): string[] {
  const name = annotations[CONTAINERD_NAME] ?? annotations[REF_NAME];
  if (name === undefined || !isReference(name)) return [];
  const isWhole = annotations[CONTAINERD_NAME] !== undefined || /[:/]/.test(name);
  return isWhole && repositoryOf(normalizeReference(name)) !== "" ? [normalizeReference(name)] : [];
}

const descriptorOf = ({ diffId, tarBytes, contentBytes }: ArchiveFile): Descriptor =>
  layerDescriptor(`sha256:${diffId}`, Number(tarBytes), Number(contentBytes));

/** Whatever lies under a digest's name must have that digest. */
function checkDigests(files: Files, parts: readonly ImageParts[]): void {
  for (const name of new Set(parts.flatMap(({ config, layers }) => [config, ...layers]))) {
    const file = files.get(name);
    const wanted = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1];
    if (!file) throw new Error(`open ${name}: no such file in the archive`);
    if (wanted && file.kind !== "have" && file.digest !== wanted) {
      throw new Error(`${name}: wrong digest: its content has sha256:${file.digest}`);
    }
  }
}

function checkLayers(paths: Paths, files: Files, image: ImageParts, text: string) {
  const config = parseJson<ConfigFile>(text, image.config);
  const ids = config.rootfs?.diff_ids;
  if (!Array.isArray(ids)) throw new Error(`${image.config}: rootfs.diff_ids is missing`);
  if (ids.length !== image.layers.length) {
    throw new Error(`invalid manifest, layers length mismatch: expected ${image.layers.length}, got ${ids.length}`);
  }
  if (ids.length > LAYERS_MOST) throw new Error(`${image.config}: ${ids.length} layers, more than ${LAYERS_MOST}`);
  const descriptors = image.layers.map((name, at): Descriptor => {
    const file = files.get(name);
    if (!file || !["layer", "have"].includes(file.kind)) throw new Error(`${name}: is no layer`);
    if (ids[at] !== `sha256:${file.diffId}`) {
      throw new Error(`invalid diffID for layer ${at}: expected "${ids[at]}", got "sha256:${file.diffId}"`);
    }
    return file.kind === "have" ? knownLayer(paths, `sha256:${file.diffId}`).descriptor : descriptorOf(file);
  });
  return { config, text, descriptors };
}
