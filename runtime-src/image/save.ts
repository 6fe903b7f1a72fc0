/**
 * `docker save`: an archive that is docker's (manifest.json) and an OCI image layout (index.json) at once, as docker
 * writes it since version 25. Layers are uncompressed tar files, made again from their trees (archive/recipe.c); the
 * names of blobs are the digests of what is in them, so what has changed on the disk since is found here.
 */
import { existsSync, writeFileSync } from "node:fs";
import type { Host } from "../container/host.ts";
import { runChange } from "../container/run-change.ts";
import type { Step } from "../container/steps.ts";
import { sourceHere } from "../linux/source-position.ts";
import { ARCHIVE, runArchive } from "./archive.ts";
import { beginSteps, endSteps, ImageChange } from "./image-change.ts";
import { knownLayer } from "./layers.ts";
import { fullName, repositoryOf, tagOf } from "./reference.ts";
import { sha256 } from "./sha256.ts";
import { blobIn, hashOf, type Image, ownImages, ownLayer, workFolder } from "./store.ts";
import { MEDIA_CONFIG, MEDIA_INDEX, MEDIA_MANIFEST, REF_NAME } from "./types.ts";

export interface SavedImage {
  readonly image: Image;
  /** Normalised; none for an image that was given by its id. */
  readonly names: readonly string[];
}

/** An entry of the archive (archive/bundle.c). */
type Line = readonly [kind: string, name: string, mtime: string, ...rest: string[]];

const BLOBS = "blobs/sha256";

class Plan {
  readonly lines: Line[] = [];
  readonly #seen = new Set<string>();
  readonly #work: string;

  constructor(work: string) {
    this.#work = work;
  }

  add(line: Line): void {
    if (!this.#seen.has(line[1])) this.lines.push(line);
    this.#seen.add(line[1]);
  }

  text(name: string, text: string): void {
    const file = `${this.#work}/${this.lines.length}`;
    writeFileSync(file, text);
    this.add(["file", name, "0", String(Buffer.byteLength(text)), file]);
  }

  toString(): string {
    return this.lines.map((line) => `${line.join("\t")}\n`).join("");
  }
}

class SaveChange extends ImageChange {
  readonly find: () => readonly SavedImage[];
  /** A descriptor. */
  readonly output: number;

  constructor(host: Host, find: () => readonly SavedImage[], output: number) {
    super(host, "");
    this.find = find;
    this.output = output;
  }
}

/** Nothing is changed; but nobody else takes away meanwhile what is read. */
export const saveSteps: readonly Step<SaveChange>[] = [
  ...beginSteps,
  {
    name: "write-archive",
    part: "filesystem",
    syscall: "execve",
    args: () => [ARCHIVE, "bundle"],
    source: sourceHere(),
    run: ({ host, find, output }) => writeArchive(host, find(), output),
  },
  ...endSteps,
];

/** `find` is called when nobody can change the images. */
export const saveImages = (host: Host, find: () => readonly SavedImage[], output: number): void =>
  runChange(new SaveChange(host, find, output), "save", saveSteps);

function writeArchive(host: Host, images: readonly SavedImage[], output: number): void {
  const plan = new Plan(workFolder(host.paths));
  plan.add(["folder", "blobs/", "0"]);
  plan.add(["folder", `${BLOBS}/`, "0"]);
  const saved = images.map((image) => ({ ...image, manifest: addImage(host, plan, image.image) }));
  const manifests = saved.flatMap(({ names, manifest }) =>
    (names.length > 0 ? names : [null]).map((name) => ({
      ...manifest,
      ...(name === null
        ? {}
        : { annotations: { "io.containerd.image.name": fullName(name), [REF_NAME]: tagOf(name) } }),
    })),
  );
  plan.text("index.json", JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_INDEX, manifests }));
  const list = saved.map(({ image, names }) => ({
    Config: `${BLOBS}/${hashOf(image.id)}`,
    RepoTags: names.length > 0 ? names : null,
    Layers: image.file.rootfs.diff_ids.map((id) => `${BLOBS}/${hashOf(id)}`),
  }));
  plan.text("manifest.json", JSON.stringify(list));
  plan.text("oci-layout", '{"imageLayoutVersion":"1.0.0"}');
  const repositories = repositoriesOf(saved);
  if (Object.keys(repositories).length > 0) plan.text("repositories", JSON.stringify(repositories));
  runArchive(host, ["bundle"], { input: plan.toString(), output });
}

function repositoriesOf(saved: readonly SavedImage[]): Record<string, Record<string, string>> {
  const repositories: Record<string, Record<string, string>> = {};
  for (const { image, names } of saved) {
    const top = image.file.rootfs.diff_ids.at(-1);
    if (top === undefined) continue;
    for (const name of names)
      repositories[repositoryOf(name)] = { ...repositories[repositoryOf(name)], [tagOf(name)]: hashOf(top) };
  }
  return repositories;
}

/** Its layers, config and a manifest that names the layers as they are in this archive. */
function addImage(host: Host, plan: Plan, image: Image) {
  const { paths } = host;
  const created = String(Math.floor((image.createdMs ?? 0) / 1000));
  const layers = image.file.rootfs.diff_ids.map((id) => {
    const { descriptor, bundledBlob } = knownLayer(paths, id);
    const { mediaType, digest, size } = descriptor;
    const entry = [`${BLOBS}/${hashOf(id)}`, created, String(size)] as const;
    if (bundledBlob === null) plan.add(["layer", ...entry, ownLayer(paths, id)]);
    else plan.add(["blob", ...entry, blobIn(paths.images, bundledBlob)]);
    return { mediaType, digest, size };
  });
  const config = existsSync(blobIn(ownImages(paths), image.id))
    ? blobIn(ownImages(paths), image.id)
    : blobIn(paths.images, image.id);
  plan.add(["file", `${BLOBS}/${hashOf(image.id)}`, created, String(image.manifest.config.size), config]);
  const manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_MANIFEST,
    config: { mediaType: MEDIA_CONFIG, digest: image.id, size: image.manifest.config.size },
    layers,
  };
  const text = JSON.stringify(manifest);
  const digest = `sha256:${sha256(text)}`;
  plan.text(`${BLOBS}/${hashOf(digest)}`, text);
  const { architecture = "386", os = "linux" } = image.file;
  return { mediaType: MEDIA_MANIFEST, digest, size: Buffer.byteLength(text), platform: { architecture, os } };
}
