/**
 * Builds the container images as one OCI image layout, with each layer unpacked beside it (see README.md here).
 * Layer tarballs are deterministic: names sorted, one time, owner root. Part: `images/`, `layers/`, `images.json`.
 */
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Part, part } from "../lib/cache.ts";
import { step } from "../lib/progress.ts";
import { run } from "../lib/run.ts";
import { DEBIAN_IMAGE_PACKAGES, PROGRAM_PACKAGES } from "../rootfs/packages.ts";
import { packageFiles } from "../rootfs/unpack.ts";
import { TREE_MTIME } from "../tree/served-tree.ts";
import { finishModes, HELLO_SOURCE, type Recipe, recipes } from "./recipes.ts";

const here = import.meta.dirname;
const CREATED = new Date(TREE_MTIME * 1000).toISOString();

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Layer {
  readonly diffId: string;
  readonly tree: string;
  readonly blob: Blob;
  readonly history: { readonly created: string; readonly created_by: string };
}

export async function buildImages(rootfs: Part): Promise<Part> {
  const packages: Readonly<Record<string, readonly string[]>> = {
    debian: DEBIAN_IMAGE_PACKAGES,
    ...PROGRAM_PACKAGES,
  };
  const debs = new Map<string, Part>();
  for (const [name, list] of Object.entries(packages)) debs.set(name, await packageFiles(`${name}-image`, list));
  const busybox = path.join(rootfs.dir, "tree/usr/bin/busybox");
  const code = ["build-images.ts", "recipes.ts", "../rootfs/unpack.ts", "../rootfs/library-cache.ts"];
  const inputs = [
    ...[...debs.values()].map(({ hash }) => hash),
    { file: busybox },
    { tree: path.join(here, "files") },
    { file: HELLO_SOURCE },
    ...code.map((file) => ({ file: path.join(here, file) })),
  ];
  return part("images", inputs, async (dir) => {
    const progress = step("container images");
    const layers = new Map<string, readonly Layer[]>();
    const manifests: object[] = [];
    const summary: { name: string; digest: string; size: number }[] = [];
    for (const recipe of recipes(busybox, (name) => debs.get(name)?.dir ?? "")) {
      progress.note(recipe.name);
      const below = recipe.base === undefined ? [] : (layers.get(recipe.base) ?? []);
      const all = [...below, await buildLayer(dir, recipe, below)];
      layers.set(recipe.name, all);
      const descriptor = addImage(dir, recipe, all);
      const name = `${recipe.name}:latest`;
      const annotations = { "org.opencontainers.image.ref.name": name };
      manifests.push({ ...descriptor, platform: { architecture: "386", os: "linux" }, annotations });
      summary.push({
        name,
        digest: descriptor.digest,
        size: all.reduce((sum, { blob }) => sum + blob.size, 0),
      });
    }
    const index = { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests };
    writeFileSync(path.join(dir, "images/index.json"), JSON.stringify(index));
    writeFileSync(path.join(dir, "images/oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
    writeFileSync(path.join(dir, "images.json"), JSON.stringify(summary));
    progress.done(summary.map(({ name, size }) => `${name} ${(size / 1e6).toFixed(1)} MB`).join(", "));
  });
}

async function buildLayer(dir: string, recipe: Recipe, below: readonly Layer[]): Promise<Layer> {
  const tree = path.join(dir, "filling");
  mkdirSync(tree);
  await recipe.fill(
    tree,
    below.map((layer) => layer.tree),
  );
  const added = path.join(here, "files", recipe.name);
  if (existsSync(added)) cpSync(added, tree, { recursive: true, force: true });
  finishModes(tree);

  const tar = path.join(dir, "layer.tar");
  await run("tar", [
    "--sort=name",
    `--mtime=@${TREE_MTIME}`,
    "--owner=0",
    "--group=0",
    "--numeric-owner",
    "--format=pax",
    "--pax-option=delete=atime,delete=ctime",
    "-C",
    tree,
    "-cf",
    tar,
    ".",
  ]);
  const diffId = sha256(readFileSync(tar));
  const contentBytes = await run("find", [tree, "-type", "f", "-printf", "%s\n"]);
  // What `docker save` and `docker images` would otherwise have to expand the blob for (runtime-src/image/store.ts).
  const annotations = {
    "dev.glassbox.tar-bytes": String(statSync(tar).size),
    "dev.glassbox.content-bytes": String(contentBytes.split("\n").reduce((sum, line) => sum + Number(line), 0)),
  };
  await run("gzip", ["-n", "-9", tar]);
  const gzipped = addBlob(dir, readFileSync(`${tar}.gz`), "application/vnd.oci.image.layer.v1.tar+gzip");
  const blob = { ...gzipped, annotations };
  rmSync(`${tar}.gz`);
  mkdirSync(path.join(dir, "layers/sha256"), { recursive: true });
  const place = path.join(dir, "layers/sha256", diffId);
  renameSync(tree, place);
  return { diffId, tree: place, blob, history: { created: CREATED, created_by: `glassbox ${recipe.name}` } };
}

function addImage(dir: string, recipe: Recipe, layers: readonly Layer[]): Blob {
  const config = addBlob(
    dir,
    JSON.stringify({
      created: CREATED,
      architecture: "386",
      os: "linux",
      config: recipe.config,
      rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => `sha256:${diffId}`) },
      history: layers.map(({ history }) => history),
    }),
    "application/vnd.oci.image.config.v1+json",
  );
  const manifest = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config,
    layers: layers.map(({ blob }) => blob),
  };
  return addBlob(dir, JSON.stringify(manifest), manifest.mediaType);
}

function addBlob(dir: string, content: string | Uint8Array, mediaType: string): Blob {
  const bytes = Buffer.from(content);
  const hex = sha256(bytes);
  mkdirSync(path.join(dir, "images/blobs/sha256"), { recursive: true });
  writeFileSync(path.join(dir, "images/blobs/sha256", hex), bytes);
  return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
