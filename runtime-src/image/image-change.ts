/**
 * A change of the images on the disk is an ordered table too: it begins with the lock and the work folder, brings its
 * layers and blobs to their place by rename(2), then the index, and ends with the work folder's removal. Nothing of it is
 * seen before the index is there.
 *
 * One at a time, under flock(2) on images/lock. Whoever takes the lock and finds a work folder removes what a killed one
 * has left, and what no image, build or container needs; a change that fails does the same for itself.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { freezeCgroup } from "../cgroups/container-cgroup.ts";
import { type Host, isErrno } from "../container/host.ts";
import type { Paths } from "../container/paths.ts";
import { type Change, runChange } from "../container/run-change.ts";
import type { Step } from "../container/steps.ts";
import { LOCK_EX, O_CLOEXEC, O_CREAT, O_RDWR } from "../linux/constants.ts";
import { sourceHere } from "../linux/source-position.ts";
import { keepLayer } from "./layers.ts";
import { blobIn, findImage, indexFile, ownImages, ownLayer, ownLayers, workFolder } from "./store.ts";
import { addImage, readIndex, removeUnused, withName, writeIndex } from "./store-edit.ts";
import type { ConfigFile, Descriptor, Index } from "./types.ts";

export interface NewImage {
  readonly config: ConfigFile | string;
  readonly layers: readonly Descriptor[];
  readonly names: readonly string[];
}

export interface WorkLayer {
  /** In the work folder. */
  readonly folder: string;
  readonly descriptor: Descriptor;
}

export class ImageChange implements Change {
  readonly host: Host;
  readonly name: string;
  lock = -1;
  /** To be kept. */
  layers: readonly WorkLayer[] = [];
  images: readonly NewImage[] = [];
  /** Of the manifests of `images`, in their order. */
  entries: readonly Descriptor[] = [];
  indexBefore: Index | null = null;

  constructor(host: Host, name: string) {
    this.host = host;
    this.name = name;
  }

  /** The index that is to be: the new images under their names. */
  enter(index: Index): Index {
    let entered = index;
    for (const [at, entry] of this.entries.entries()) {
      const names = this.images[at]?.names ?? [];
      for (const name of names.length > 0 ? names : [null]) entered = withName(this.host.paths, entered, entry, name);
    }
    return entered;
  }
}

/** Holds the path of a cgroup that is frozen only as long as the work folder is there. */
export const frozenNote = (c: ImageChange): string => `${workFolder(c.host.paths)}/frozen`;

export const beginSteps: readonly Step<ImageChange>[] = [
  {
    name: "lock-images",
    part: null,
    syscall: "flock",
    args: ({ host }) => [`${ownImages(host.paths)}/lock`, "LOCK_EX"],
    source: sourceHere(),
    run: takeLock,
  },
  {
    name: "make-work-folder",
    part: "filesystem",
    syscall: "mkdir",
    args: ({ host }) => [workFolder(host.paths)],
    source: sourceHere(),
    run: (c) => {
      if (existsSync(workFolder(c.host.paths))) clearRemains(c);
      mkdirSync(workFolder(c.host.paths), 0o700);
    },
    undo: clearRemains,
  },
];

export const endSteps: readonly Step<ImageChange>[] = [
  {
    // What the change has put aside goes now, when nothing can bring it back any more.
    name: "remove-work-folder",
    part: "filesystem",
    syscall: "unlinkat",
    args: ({ host }) => [workFolder(host.paths)],
    source: sourceHere(),
    run: ({ host }) => {
      try {
        rmSync(workFolder(host.paths), { recursive: true });
      } catch {
        // The change is made, and half of what it put aside is gone: nothing to undo, the next one clears it away.
      }
    },
  },
];

export const writeIndexStep: Step<ImageChange> = {
  // A reader sees the old or the new one.
  name: "write-index",
  part: null,
  syscall: "rename",
  args: ({ host }) => [`${workFolder(host.paths)}/index.json`, indexFile(ownImages(host.paths))],
  source: sourceHere(),
  run: (c) => {
    const before = readIndex(c.host.paths);
    writeIndex(c.host.paths, c.enter(before));
    c.indexBefore = before;
  },
  undo: (c) => {
    if (c.indexBefore) writeIndex(c.host.paths, c.indexBefore);
  },
};

/** Without an undo: whatever the index does not name goes when the work folder's step is undone. */
export const writeBlobsStep: Step<ImageChange> = {
  name: "write-blobs",
  part: "filesystem",
  syscall: "rename",
  args: ({ host, entries }) => entries.map(({ digest }) => blobIn(ownImages(host.paths), digest)),
  source: sourceHere(),
  run: (c) => {
    c.entries = c.images.map(({ config, layers }) => addImage(c.host.paths, config, layers));
  },
};

/** For changes that bring layers: each gets its place, then the texts that name it, then the index that names those. */
export const keepSteps: readonly Step<ImageChange>[] = [
  {
    name: "keep-layers",
    part: "filesystem",
    syscall: "rename",
    args: ({ host, layers }) => layers.map(({ descriptor }) => ownLayer(host.paths, descriptor.digest)),
    source: sourceHere(),
    run: ({ host, layers }) => {
      for (const { folder, descriptor } of layers) keepLayer(host.paths, folder, descriptor);
    },
  },
  writeBlobsStep,
  writeIndexStep,
];

/** For those that need none. */
export const indexSteps: readonly Step<ImageChange>[] = [
  ...beginSteps,
  { ...writeBlobsStep, when: ({ images }) => images.length > 0 },
  writeIndexStep,
  ...endSteps,
];

class IndexChange extends ImageChange {
  readonly edit: (index: Index, entries: readonly Descriptor[]) => Index;

  constructor(host: Host, name: string, edit: IndexChange["edit"]) {
    super(host, name);
    this.edit = edit;
  }

  override enter(index: Index): Index {
    return this.edit(index, this.entries);
  }
}

/** A change of the index, and of images that are made of layers which are there; returns their entries. */
export function changeIndex(
  host: Host,
  { name, operation }: { readonly name: string; readonly operation: string },
  edit: IndexChange["edit"],
  images: readonly NewImage[] = [],
): readonly Descriptor[] {
  const change = new IndexChange(host, name, edit);
  change.images = images;
  runChange(change, operation, indexSteps);
  return change.entries;
}

function takeLock(c: ImageChange): void {
  const { linux, paths } = c.host;
  mkdirSync(`${ownImages(paths)}/blobs/sha256`, { recursive: true, mode: 0o700 });
  mkdirSync(ownLayers(paths), { recursive: true, mode: 0o711 });
  c.lock = linux.open(`${ownImages(paths)}/lock`, O_RDWR | O_CREAT | O_CLOEXEC, 0o600);
  linux.flock(c.lock, LOCK_EX);
}

function clearRemains(c: ImageChange): void {
  const work = workFolder(c.host.paths);
  thawNoted(c);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, 0o700);
  removeUnused(c.host);
  rmSync(work, { recursive: true });
}

function thawNoted(c: ImageChange): void {
  try {
    freezeCgroup(c.host, readFileSync(frozenNote(c), "utf8"), false);
  } catch (error) {
    if (!isErrno(error, "ENOENT", "ENODEV")) throw error;
  }
}

/** The id of the image that was made. */
export function idOf(paths: Paths, [entry]: readonly Descriptor[]): string {
  if (!entry) throw new Error("no image was made");
  return findImage(paths, entry.digest)?.id ?? entry.digest;
}
