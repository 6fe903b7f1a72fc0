/**
 * What an overlay's upper directory holds (fs/overlayfs): the files that the upper file system has below `upperdir`
 * (upper-files.ts). A whiteout is a character device 0:0. Whether a lower layer has the same name, and whether a directory is
 * opaque, is what the overlay's own dentries say that lead to the upper files, or the attributes that overlayfs has put on these.
 *
 * Order: after mounts.ts, which says which super blocks there are.
 */
import type { LayerEntry, LayerEntryKind, Overlay } from "../protocol/kernel-mount.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf } from "./fields.ts";
import { type GuestMemory, NO_WORDS, type Words } from "./guest-memory.ts";
import { sameFlat, sameList } from "./same.ts";
import type { SuperOptionsReader } from "./super-options.ts";
import type { UpperFile, UpperFilesReader } from "./upper-files.ts";

const MAX_OVERLAYS = 128;
const MAX_ENTRIES = 2_000;

/** S_IFMT of inode.i_mode, shifted down by its 12 bits of permissions. */
const KINDS: readonly (LayerEntryKind | null)[] = [
  ...[null, "fifo", "device", null],
  ...["directory", null, "device", null],
  ...["file", null, "symlink", null],
  ...["socket", null, null, null],
] as (LayerEntryKind | null)[];
const FORMAT = 0o170000;
const CHARACTER_DEVICE = 0o020000;
/** Attributes of the class trusted, on what was copied up and on what hides the lower layers. */
const ORIGIN = "overlay.origin";
const OPAQUE = "overlay.opaque";

interface Merged {
  readonly copiedUp: boolean;
  readonly opaque: boolean;
}
const UNKNOWN = { copiedUp: null, opaque: false };

/** An overlay, and the words that it was read from: those of all files in its trees. */
interface Known {
  readonly overlay: Overlay;
  readonly entries: ReadonlyMap<string, LayerEntry>;
  readonly words: Words;
}

export class OverlayReader {
  private readonly fields;
  private readonly files: UpperFilesReader;
  private readonly options: SuperOptionsReader;
  private former: ReadonlyMap<number, Known> = new Map();
  private overlays: readonly Overlay[] = [];

  constructor(layout: KernelLayout, files: UpperFilesReader, options: SuperOptionsReader) {
    this.files = files;
    this.options = options;
    this.fields = fieldsOf(layout, {
      dev: "super_block.s_dev",
      root: "super_block.s_root",
      inode: "dentry.d_inode",
      fsdata: "dentry.d_fsdata",
      vfsInode: "ovl_inode.vfs_inode",
      upper: "ovl_inode.__upperdentry",
      entryFlags: "ovl_entry.flags",
      numlower: "ovl_entry.numlower",
      opaque: "OVL_E_OPAQUE",
    });
  }

  read(memory: GuestMemory, superBlocks: ReadonlySet<number>): readonly Overlay[] {
    this.files.begin();
    const next = new Map<number, Known>();
    const overlays: Overlay[] = [];
    for (const at of superBlocks) {
      if (overlays.length >= MAX_OVERLAYS) break;
      const former = this.former.get(at);
      const known = former && memory.holds(former.words) ? former : this.readAt(memory, at, former);
      if (!known) continue;
      next.set(at, known);
      overlays.push(known.overlay);
    }
    this.former = next;
    this.overlays = sameList(this.overlays, overlays);
    return this.overlays;
  }

  private readAt(memory: GuestMemory, at: number, former: Known | undefined): Known | null {
    if (at === 0 || !this.options.isOverlay(memory, at)) return null;
    memory.record();
    const dirs = this.options.overlay(memory, at);
    const { entries, truncated } = this.upperEntries(memory, at, former?.entries);
    const device = memory.u32(at + this.fields.dev);
    const words = memory.recorded(former?.words ?? NO_WORDS);
    if (!dirs) return null;
    const unchanged = former && former.entries.size === entries.size && !truncated;
    const same = unchanged && [...entries].every(([path, entry]) => former.entries.get(path) === entry);
    const now: Overlay = {
      device: `${device >>> 20}:${device & 0xfffff}`,
      ...dirs,
      upper: same ? former.overlay.upper : [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
      truncated,
    };
    const overlay = former && sameFlat(former.overlay, now) ? former.overlay : now;
    return { overlay, entries, words: this.files.exhausted ? NO_WORDS : words };
  }

  private upperEntries(
    memory: GuestMemory,
    superBlock: number,
    former: ReadonlyMap<string, LayerEntry> | undefined,
  ): { entries: Map<string, LayerEntry>; truncated: boolean } {
    const entries = new Map<string, LayerEntry>();
    const root = memory.pointer(superBlock + this.fields.root);
    const upperRoot = root === 0 ? 0 : this.upperOf(memory, root);
    if (upperRoot === 0) return { entries, truncated: false };
    const merged = new Map<number, Merged>();
    this.files.dentriesBelow(memory, root, (dentry) => {
      const upper = this.upperOf(memory, dentry);
      const inode = upper === 0 ? 0 : memory.pointer(upper + this.fields.inode);
      if (inode !== 0) merged.set(inode, this.mergedOf(memory, dentry));
    });
    const whole = this.files.below(memory, upperRoot, (file, path) => {
      if (entries.size >= MAX_ENTRIES) return false;
      const entry = entryOf(file, path, merged.get(file.inode));
      const before = former?.get(path);
      if (entry) entries.set(path, before && sameFlat(before, entry) ? before : entry);
      return true;
    });
    return { entries, truncated: !whole };
  }

  private upperOf(memory: GuestMemory, overlayDentry: number): number {
    const inode = memory.pointer(overlayDentry + this.fields.inode);
    return inode === 0 ? 0 : memory.pointer(inode - this.fields.vfsInode + this.fields.upper);
  }

  private mergedOf(memory: GuestMemory, overlayDentry: number): Merged {
    const { fields } = this;
    const entry = memory.pointer(overlayDentry + fields.fsdata);
    if (entry === 0) return { copiedUp: false, opaque: false };
    return {
      copiedUp: memory.u32(entry + fields.numlower) > 0,
      opaque: (memory.u32(entry + fields.entryFlags) & (1 << fields.opaque)) !== 0,
    };
  }
}

function entryOf(file: UpperFile, path: string, merged: Merged | undefined): LayerEntry | null {
  const { mode, sizeBytes, rdev, marks } = file;
  const whiteout = (mode & FORMAT) === CHARACTER_DEVICE && rdev === 0;
  const kind = whiteout ? "whiteout" : KINDS[mode >> 12];
  if (!kind) return null;
  const { copiedUp, opaque } = merged ?? UNKNOWN;
  return {
    path,
    kind,
    sizeBytes: kind === "file" || kind === "symlink" ? sizeBytes : 0,
    mode: mode & 0o7777,
    // An overlay that looks a copied file up anew finds it in the upper layer and asks no lower one.
    copiedUp: whiteout ? false : marks.includes(ORIGIN) || copiedUp,
    opaque: kind === "directory" && (marks.includes(OPAQUE) || opaque),
  };
}
