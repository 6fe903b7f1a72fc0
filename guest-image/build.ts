/**
 * `npm run guest:build`: everything that the machine starts from, in one folder that can be served as it is.
 *
 * kernel -> layout; packages -> root file system -> container images; runtime; all of them -> snapshot. Each is a part
 * of the cache, so a change of one TypeScript file of the runtime costs the runtime and the snapshot, not the kernel.
 */
import { createHash } from "node:crypto";
import {
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { deviceOptions, KERNEL_CMDLINE, MEMORY_BYTES } from "../lib/machine/devices.ts";
import { type GuestManifest, type ImageFile, LAYOUT_FILE } from "../lib/protocol/manifest.ts";
import { buildRuntime, RUNTIME_FOLDERS } from "../runtime-src/build.ts";
import { buildImages } from "./images/build-images.ts";
import { buildKernel } from "./kernel/build-kernel.ts";
import { buildLayout } from "./kernel/build-layout.ts";
import { type Part, part, pruneCache } from "./lib/cache.ts";
import { requireHostPackages } from "./lib/host-packages.ts";
import { step } from "./lib/progress.ts";
import { buildRootfs } from "./rootfs/build-rootfs.ts";
import { takeSnapshot } from "./snapshot.ts";
import { type Graft, serveTree, writePool } from "./tree/served-tree.ts";

const here = import.meta.dirname;
const BIOS = "/usr/share/seabios/bios.bin";
const VGA_BIOS = "/usr/share/seabios/vgabios-stdvga.bin";
const NOTICE = path.join(here, "..", "NOTICE");
const CODE = ["snapshot.ts", "warm-up.ts", "tree/served-tree.ts"];
const KEPT: Readonly<Record<string, number>> = {
  kernel: 2,
  layout: 4,
  rootfs: 2,
  images: 2,
  snapshot: 3,
  image: 3,
  debs: 14,
  runtime: 12,
};

export interface GuestImage {
  readonly dir: string;
  readonly manifest: GuestManifest;
}

interface Parts {
  readonly kernel: Part;
  readonly rootfs: Part;
  readonly images: Part;
  readonly runtime: Part;
}

export async function buildGuestImage(): Promise<GuestImage> {
  await requireHostPackages();
  const kernel = await buildKernel();
  const layout = await buildLayout(kernel);
  const rootfs = await buildRootfs();
  const images = await buildImages(rootfs);
  const runtime = await buildRuntime();
  const snapshot = await buildSnapshot({ kernel, rootfs, images, runtime });
  const code = { file: path.join(here, "build.ts") };
  const image = await part("image", [snapshot.hash, layout.hash, code], async (dir, hash) =>
    assemble(dir, hash, snapshot, layout),
  );
  if (image.built) for (const [name, keep] of Object.entries(KEPT)) pruneCache(name, keep);
  return { dir: image.dir, manifest: JSON.parse(readFileSync(path.join(image.dir, "manifest.json"), "utf8")) };
}

/** The files that v86 boots from, and the state that it was in when the guest had settled. */
function buildSnapshot(parts: Parts): Promise<Part> {
  const inputs = Object.values(parts).map(({ hash }) => hash);
  const files = [NOTICE, BIOS, VGA_BIOS, ...CODE.map((file) => path.join(here, file))].map((file) => ({ file }));
  const devices = JSON.stringify([deviceOptions(), KERNEL_CMDLINE, v86Version()]);
  return part("snapshot", [...inputs, devices, ...files], async (dir) => {
    const progress = step("9p tree");
    const program = path.join(dir, "program");
    const tree = serveTree(graftsOf(program, parts));
    await writePool(tree, path.join(dir, "tree"), progress);
    rmSync(program, { recursive: true });
    progress.done(`${tree.files.size} files, ${(tree.index.size / 1e6).toFixed(0)} MB`);
    writeFileSync(path.join(dir, "fs.json"), JSON.stringify(tree.index));
    copyFileSync(path.join(parts.kernel.dir, "bzImage"), path.join(dir, "bzImage"));
    copyFileSync(BIOS, path.join(dir, "bios.bin"));
    copyFileSync(VGA_BIOS, path.join(dir, "vgabios.bin"));
    const { file, ...settled } = await takeSnapshot(dir);
    const about = {
      files: {
        bzImage: fileOf(dir, "bzImage"),
        bios: fileOf(dir, "bios.bin"),
        vgaBios: fileOf(dir, "vgabios.bin"),
        snapshot: fileOf(dir, file),
        basefs: fileOf(dir, "fs.json"),
      },
      ...settled,
      sourceVersion: readJson(path.join(parts.kernel.dir, "version.json")).version,
      packages: readJson(path.join(parts.rootfs.dir, "versions.json")),
      images: readJson(path.join(parts.images.dir, "images.json")),
    };
    writeFileSync(path.join(dir, "about.json"), JSON.stringify(about));
  });
}

/** Hard links to all that the snapshot has, the layout that belongs to its kernel, and the manifest. */
function assemble(dir: string, hash: string, snapshot: Part, layout: Part): void {
  cpLinked(snapshot.dir, dir);
  copyFileSync(path.join(layout.dir, "layout.json"), path.join(dir, "layout.json"));
  const about = readJson(path.join(dir, "about.json"));
  rmSync(path.join(dir, "about.json"));
  const manifest: GuestManifest = {
    version: 1,
    image: hash.slice(0, 16),
    v86: v86Version(),
    memoryBytes: MEMORY_BYTES,
    kernel: {
      release: readJson(path.join(dir, "layout.json")).release,
      sourceVersion: about.sourceVersion,
      cmdline: KERNEL_CMDLINE,
    },
    files: { ...about.files, layout: fileOf(dir, LAYOUT_FILE) },
    baseUrl: "tree/",
    stateBytes: about.stateBytes,
    snapshotEpochMs: about.epochMs,
    terminals: about.terminals,
    packages: about.packages,
    images: about.images,
    box: about.box,
  };
  writeFileSync(path.join(dir, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
}

function cpLinked(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) {
      mkdirSync(target);
      cpLinked(source, target);
    } else linkSync(source, target);
  }
}

/** The root file system, the images below /usr/lib/box, the runtime with docker's name for it, and the licences. */
function graftsOf(program: string, { rootfs, images, runtime }: Parts): Graft[] {
  for (const folder of RUNTIME_FOLDERS)
    cpSync(path.join(runtime.dir, folder), path.join(program, "usr", folder), { recursive: true });
  symlinkSync("box", path.join(program, "usr/bin/docker"));
  mkdirSync(path.join(program, "usr/share/doc/glassbox"), { recursive: true });
  copyFileSync(NOTICE, path.join(program, "usr/share/doc/glassbox/NOTICE"));
  return [
    { from: path.join(rootfs.dir, "tree"), to: "" },
    { from: path.join(images.dir, "images"), to: "usr/lib/box/images" },
    { from: path.join(images.dir, "layers"), to: "usr/lib/box/layers" },
    { from: program, to: "" },
  ];
}

function fileOf(dir: string, name: string): ImageFile {
  const file = path.join(dir, name);
  return {
    path: name,
    sha256: createHash("sha256").update(readFileSync(file)).digest("hex"),
    size: statSync(file).size,
  };
}

// biome-ignore lint/suspicious/noExplicitAny: our own files, read back where they are used
const readJson = (file: string): any => JSON.parse(readFileSync(file, "utf8"));

function v86Version(): string {
  const main = createRequire(import.meta.url).resolve("v86");
  return JSON.parse(readFileSync(path.join(path.dirname(main), "..", "package.json"), "utf8")).version;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { dir, manifest } = await buildGuestImage();
  const { snapshot } = manifest.files;
  console.log(
    `${dir}\nsnapshot ${(snapshot.size / 1e6).toFixed(2)} MB, kernel ${manifest.kernel.release}, ${manifest.box}`,
  );
}
