/**
 * Builds the container images as one OCI image layout, with each layer unpacked beside it (see README.md here).
 * Layer tarballs are deterministic: names sorted, one time, owner root. Part: `images/`, `layers/`, `images.json`.
 */
import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { type Part, part } from "../lib/cache.ts";
import { step } from "../lib/progress.ts";
import { run } from "../lib/run.ts";
import { busyboxApplets } from "../rootfs/busybox-applets.ts";
import { writeLibraryCache } from "../rootfs/library-cache.ts";
import { DEBIAN_IMAGE_PACKAGES } from "../rootfs/packages.ts";
import { packageFiles, unpackInto } from "../rootfs/unpack.ts";
import { TREE_MTIME } from "../tree/served-tree.ts";

const here = import.meta.dirname;
const CREATED = new Date(TREE_MTIME * 1000).toISOString();
const PATH_ENV = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const FOLDERS = ["dev", "proc", "sys", "run", "tmp", "root", "home", "mnt", "var/tmp", "etc"];

interface ImageRecipe {
  readonly name: string;
  readonly config: { readonly Cmd: readonly string[]; readonly Env: readonly string[]; readonly WorkingDir?: string };
  fill(tree: string): Promise<void>;
}

export async function buildImages(rootfs: Part): Promise<Part> {
  const debs = await packageFiles("debian-image", DEBIAN_IMAGE_PACKAGES);
  const busybox = path.join(rootfs.dir, "tree/usr/bin/busybox");
  const inputs = [
    debs.hash,
    { file: busybox },
    { tree: path.join(here, "files") },
    { file: path.join(here, "build-images.ts") },
    { file: path.join(here, "../rootfs/unpack.ts") },
    { file: path.join(here, "../rootfs/library-cache.ts") },
  ];
  return part("images", inputs, async (dir) => {
    const progress = step("container images");
    const recipes: ImageRecipe[] = [
      { name: "busybox", config: { Cmd: ["sh"], Env: [PATH_ENV] }, fill: (tree) => fillBusybox(tree, busybox) },
      {
        name: "debian",
        config: { Cmd: ["bash"], Env: [PATH_ENV, "LC_CTYPE=C.UTF-8"] },
        fill: (tree) => fillDebian(tree, debs.dir),
      },
    ];
    const built = [];
    for (const recipe of recipes) {
      progress.note(recipe.name);
      built.push(await buildImage(dir, recipe));
    }
    const manifests = built.map(({ name, descriptor }) => ({
      ...descriptor,
      platform: { architecture: "386", os: "linux" },
      annotations: { "org.opencontainers.image.ref.name": `${name}:latest` },
    }));
    const index = { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests };
    writeFileSync(path.join(dir, "images/index.json"), JSON.stringify(index));
    writeFileSync(path.join(dir, "images/oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
    const summary = built.map(({ name, descriptor, size }) => ({
      name: `${name}:latest`,
      digest: descriptor.digest,
      size,
    }));
    writeFileSync(path.join(dir, "images.json"), JSON.stringify(summary));
    progress.done(built.map(({ name, size }) => `${name} ${(size / 1e6).toFixed(1)} MB`).join(", "));
  });
}

async function buildImage(dir: string, recipe: ImageRecipe) {
  const tree = path.join(dir, "filling");
  mkdirSync(tree);
  for (const folder of FOLDERS) mkdirSync(path.join(tree, folder), { recursive: true });
  await recipe.fill(tree);
  const added = path.join(here, "files", recipe.name);
  if (existsSync(added)) cpSync(added, tree, { recursive: true, force: true });
  for (const folder of ["tmp", "var/tmp"]) chmodSync(path.join(tree, folder), 0o1777);
  chmodSync(path.join(tree, "root"), 0o700);

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
  await run("gzip", ["-n", "-9", tar]);
  const layer = addBlob(dir, readFileSync(`${tar}.gz`), "application/vnd.oci.image.layer.v1.tar+gzip");
  rmSync(`${tar}.gz`);
  mkdirSync(path.join(dir, "layers/sha256"), { recursive: true });
  renameSync(tree, path.join(dir, "layers/sha256", diffId));

  const config = addBlob(
    dir,
    JSON.stringify({
      created: CREATED,
      architecture: "386",
      os: "linux",
      config: recipe.config,
      rootfs: { type: "layers", diff_ids: [`sha256:${diffId}`] },
      history: [{ created: CREATED, created_by: `glassbox ${recipe.name}` }],
    }),
    "application/vnd.oci.image.config.v1+json",
  );
  const manifest = {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config,
    layers: [layer],
  };
  return {
    name: recipe.name,
    descriptor: addBlob(dir, JSON.stringify(manifest), manifest.mediaType),
    size: layer.size,
  };
}

function addBlob(dir: string, content: string | Uint8Array, mediaType: string) {
  const bytes = Buffer.from(content);
  const hex = sha256(bytes);
  mkdirSync(path.join(dir, "images/blobs/sha256"), { recursive: true });
  writeFileSync(path.join(dir, "images/blobs/sha256", hex), bytes);
  return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
}

async function fillBusybox(tree: string, busybox: string): Promise<void> {
  mkdirSync(path.join(tree, "bin"));
  cpSync(busybox, path.join(tree, "bin/busybox"));
  for (const applet of busyboxApplets(busybox).filter((name) => name !== "busybox"))
    symlinkSync("busybox", path.join(tree, "bin", applet));
  mkdirSync(path.join(tree, "usr"));
  for (const folder of ["usr/bin", "usr/sbin", "sbin"])
    symlinkSync(folder.startsWith("usr/") ? "../bin" : "bin", path.join(tree, folder));
  writeAccounts(tree, "/bin/sh");
}

async function fillDebian(tree: string, debs: string): Promise<void> {
  await unpackInto(tree, debs);
  writeLibraryCache(tree);
  writeAccounts(tree, "/bin/bash");
}

function writeAccounts(tree: string, shell: string): void {
  writeFileSync(
    path.join(tree, "etc/passwd"),
    `root:x:0:0:root:/root:${shell}\ndaemon:x:1:1:daemon:/:/bin/false\nwww-data:x:33:33:www-data:/var/www:/bin/false\nnobody:x:65534:65534:nobody:/:/bin/false\n`,
  );
  writeFileSync(path.join(tree, "etc/group"), "root:x:0:\ndaemon:x:1:\ntty:x:5:\nwww-data:x:33:\nnogroup:x:65534:\n");
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
