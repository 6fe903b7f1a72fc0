/**
 * What an overlay's upper directory holds (fs/overlayfs), as far as the kernel's dentry cache knows: the dentries below
 * `upperdir` in the upper file system are walked. A whiteout is a character device 0:0. Whether a lower layer has the same
 * name, and whether a directory is opaque, is what the overlay's own dentries say that lead to the upper ones.
 *
 * Order: after mounts.ts, which says which super blocks there are.
 */
import type { LayerEntry, LayerEntryKind, Overlay } from "../protocol/kernel-mount.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import type { DentryReader } from "./dentries.ts";
import { fieldsOf } from "./fields.ts";
import { type GuestMemory, NO_WORDS, type Words, walkList } from "./guest-memory.ts";
import { sameFlat, sameList } from "./same.ts";
import type { SuperOptionsReader } from "./super-options.ts";

const MAX_OVERLAYS = 128;
const MAX_ENTRIES = 2_000;
/** Dentries looked at in one snapshot, in all trees, negative ones included. */
const MAX_DENTRIES = 32_768;
const MAX_DEPTH = 64;
const MAX_CHILDREN = 8_192;

/** S_IFMT of inode.i_mode, shifted down by its 12 bits of permissions. */
const KINDS: readonly (LayerEntryKind | null)[] = [
  ...[null, "fifo", "device", null],
  ...["directory", null, "device", null],
  ...["file", null, "symlink", null],
  ...["socket", null, null, null],
] as (LayerEntryKind | null)[];
const FORMAT = 0o170000;
const CHARACTER_DEVICE = 0o020000;

interface Merged {
  readonly copiedUp: boolean;
  readonly opaque: boolean;
}

/** An overlay, and the words that it was read from: those of all dentries in its trees. */
interface Known {
  readonly overlay: Overlay;
  readonly entries: ReadonlyMap<string, LayerEntry>;
  readonly words: Words;
}

export class OverlayReader {
  dropped = 0;
  private readonly fields;
  private readonly dentries: DentryReader;
  private readonly options: SuperOptionsReader;
  private former: ReadonlyMap<number, Known> = new Map();
  private dentriesLeft = 0;
  private overlays: readonly Overlay[] = [];

  constructor(layout: KernelLayout, dentries: DentryReader, options: SuperOptionsReader) {
    this.dentries = dentries;
    this.options = options;
    this.fields = fieldsOf(layout, {
      dev: "super_block.s_dev",
      root: "super_block.s_root",
      inode: "dentry.d_inode",
      subdirs: "dentry.d_subdirs",
      child: "dentry.d_child",
      fsdata: "dentry.d_fsdata",
      hash: "dentry.d_hash",
      mode: "inode.i_mode",
      size: "inode.i_size",
      rdev: "inode.i_rdev",
      vfsInode: "ovl_inode.vfs_inode",
      upper: "ovl_inode.__upperdentry",
      entryFlags: "ovl_entry.flags",
      numlower: "ovl_entry.numlower",
      opaque: "OVL_E_OPAQUE",
    });
  }

  read(memory: GuestMemory, superBlocks: ReadonlySet<number>): readonly Overlay[] {
    this.dropped = 0;
    this.dentriesLeft = MAX_DENTRIES;
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
    return { overlay, entries, words: this.dentriesLeft > 0 ? words : NO_WORDS };
  }

  private upperEntries(
    memory: GuestMemory,
    superBlock: number,
    former: ReadonlyMap<string, LayerEntry> | undefined,
  ): { entries: Map<string, LayerEntry>; truncated: boolean } {
    const { fields } = this;
    const entries = new Map<string, LayerEntry>();
    const root = memory.pointer(superBlock + fields.root);
    const upperRoot = root === 0 ? 0 : this.upperOf(memory, root);
    if (upperRoot === 0) return { entries, truncated: false };
    const merged = new Map<number, Merged>();
    this.walk(memory, root, false, (dentry) => {
      const upper = this.upperOf(memory, dentry);
      if (upper !== 0) merged.set(upper, this.mergedOf(memory, dentry));
      return true;
    });
    const whole = this.walk(memory, upperRoot, true, (dentry, path) => {
      if (entries.size >= MAX_ENTRIES) return false;
      const entry = this.entryOf(memory, dentry, path, merged.get(dentry));
      const before = former?.get(path);
      if (entry) entries.set(path, before && sameFlat(before, entry) ? before : entry);
      return true;
    });
    return { entries, truncated: !whole };
  }

  /**
   * Visits the dentries below one that have an inode and are in the hash (removed ones are not), with their paths where these are
   * wanted; false when cut short.
   */
  private walk(
    memory: GuestMemory,
    top: number,
    named: boolean,
    visit: (dentry: number, path: string) => boolean,
  ): boolean {
    const { fields } = this;
    const enter = (directory: number, path: string, depth: number): boolean => {
      if (depth > MAX_DEPTH) return false;
      const whole = walkList(memory, directory + fields.subdirs, MAX_CHILDREN, (node) => {
        const dentry = node - fields.child;
        if (--this.dentriesLeft < 0) return false;
        // A cursor of readdir(3) has neither; a removed file's dentry is unhashed (its `pprev` is 0).
        if (memory.pointer(dentry + fields.inode) === 0 || memory.i32(dentry + fields.hash + 4) === 0) return true;
        const name = named ? this.dentries.name(memory, dentry) : "";
        const childPath = path === "" ? name : `${path}/${name}`;
        return visit(dentry, childPath) && enter(dentry, childPath, depth + 1);
      });
      return whole;
    };
    return enter(top, "", 0);
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

  private entryOf(memory: GuestMemory, dentry: number, path: string, merged: Merged | undefined): LayerEntry | null {
    const { fields } = this;
    const inode = memory.pointer(dentry + fields.inode);
    const mode = memory.u16(inode + fields.mode);
    const whiteout = (mode & FORMAT) === CHARACTER_DEVICE && memory.u32(inode + fields.rdev) === 0;
    const kind = whiteout ? "whiteout" : KINDS[mode >> 12];
    if (!kind) return null;
    return {
      path,
      kind,
      sizeBytes: kind === "file" || kind === "symlink" ? memory.u64(inode + fields.size) : 0,
      mode: mode & 0o7777,
      copiedUp: whiteout ? false : (merged?.copiedUp ?? null),
      opaque: kind === "directory" && (merged?.opaque ?? false),
    };
  }
}
