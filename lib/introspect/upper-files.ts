/**
 * The files below an overlay's upper directory. A tmpfs keeps the dentries of all its files, so these are walked (fs/libfs.c,
 * simple_dir_operations). Of an ext4 the kernel forgets dentries when memory runs short, though the files are still there:
 * its folders are read from the disk's blocks, inodes where they are in memory, otherwise from their blocks as well.
 */
import type { KernelLayout } from "../protocol/layout.ts";
import type { DentryReader } from "./dentries.ts";
import type { Ext4Reader } from "./ext4.ts";
import { fieldsOf } from "./fields.ts";
import { type GuestMemory, walkList } from "./guest-memory.ts";
import type { InodeCache } from "./inode-cache.ts";

/** Dentries and entries of folders looked at in one snapshot, in all trees, negative ones included. */
const MAX_LOOKS = 32_768;
const MAX_DEPTH = 64;
const MAX_CHILDREN = 8_192;
const FORMAT = 0o170000;
const DIRECTORY = 0o040000;
const NO_MARKS: readonly string[] = [];

export interface UpperFile {
  /** 0 where it is not in memory. */
  readonly inode: number;
  readonly mode: number;
  readonly sizeBytes: number;
  readonly rdev: number;
  /** Attributes of the class trusted, as far as they are read: of ext4. */
  readonly marks: readonly string[];
}

type Visit = (file: UpperFile, path: string) => boolean;

export class UpperFilesReader {
  private readonly fields;
  private readonly dentries: DentryReader;
  private readonly ext4: Ext4Reader;
  private readonly inodes: InodeCache;
  private looksLeft = 0;

  constructor(layout: KernelLayout, dentries: DentryReader, ext4: Ext4Reader, inodes: InodeCache) {
    this.dentries = dentries;
    this.ext4 = ext4;
    this.inodes = inodes;
    this.fields = fieldsOf(layout, {
      inode: "dentry.d_inode",
      subdirs: "dentry.d_subdirs",
      child: "dentry.d_child",
      hash: "dentry.d_hash",
      mode: "inode.i_mode",
      size: "inode.i_size",
      rdev: "inode.i_rdev",
      superBlock: "inode.i_sb",
    });
  }

  /** Before a snapshot is read. */
  begin(): void {
    this.looksLeft = MAX_LOOKS;
    this.ext4.begin();
  }

  get exhausted(): boolean {
    return this.looksLeft <= 0;
  }

  /** Visits what lies below a directory, each with its path from there; false when cut short. */
  below(memory: GuestMemory, directory: number, visit: Visit): boolean {
    const inode = memory.pointer(directory + this.fields.inode);
    const superBlock = inode === 0 ? 0 : memory.pointer(inode + this.fields.superBlock);
    if (superBlock === 0) return true;
    if (this.ext4.isExt4(memory, superBlock))
      return this.enterFolder(memory, superBlock, this.ext4.extentsOf(inode), "", 0, visit);
    return this.enterDentry(memory, directory, "", 0, (dentry, parent) => {
      const name = this.dentries.name(memory, dentry);
      const path = parent === "" ? name : `${parent}/${name}`;
      return visit(this.live(memory, memory.pointer(dentry + this.fields.inode), NO_MARKS), path) ? path : null;
    });
  }

  /** Visits the dentries below one that have an inode and are in the hash (removed ones are not). */
  dentriesBelow(memory: GuestMemory, directory: number, visit: (dentry: number) => void): void {
    this.enterDentry(memory, directory, "", 0, (dentry) => {
      visit(dentry);
      return "";
    });
  }

  /** `visit` gives the path that is handed to what lies below; null to end it. */
  private enterDentry(
    memory: GuestMemory,
    directory: number,
    path: string,
    depth: number,
    visit: (dentry: number, parent: string) => string | null,
  ): boolean {
    const { fields } = this;
    if (depth > MAX_DEPTH) return false;
    return walkList(memory, directory + fields.subdirs, MAX_CHILDREN, (node) => {
      const dentry = node - fields.child;
      if (--this.looksLeft < 0) return false;
      // A cursor of readdir(3) has neither; a removed file's dentry is unhashed (its `pprev` is 0).
      if (memory.pointer(dentry + fields.inode) === 0 || memory.i32(dentry + fields.hash + 4) === 0) return true;
      const own = visit(dentry, path);
      return own !== null && this.enterDentry(memory, dentry, own, depth + 1, visit);
    });
  }

  private enterFolder(
    memory: GuestMemory,
    superBlock: number,
    extents: number,
    parent: string,
    depth: number,
    visit: Visit,
  ): boolean {
    if (depth > MAX_DEPTH) return false;
    return this.ext4.folder(memory, superBlock, extents, (nameAt, nameBytes, ino) => {
      if (--this.looksLeft < 0) return false;
      const found = this.fileOf(memory, superBlock, ino);
      if (!found) return true;
      const { file, below } = found;
      const name = memory.text(nameAt, nameBytes);
      const path = parent === "" ? name : `${parent}/${name}`;
      if (!visit(file, path)) return false;
      return (file.mode & FORMAT) !== DIRECTORY || this.enterFolder(memory, superBlock, below, path, depth + 1, visit);
    });
  }

  /** An inode of an ext4, and where the root of its extents lies; null where neither cache nor block can be believed. */
  private fileOf(memory: GuestMemory, superBlock: number, ino: number): { file: UpperFile; below: number } | null {
    const { ext4 } = this;
    const inode = this.inodes.find(memory, superBlock, ino);
    if (inode !== 0 && !ext4.hasAttributes(memory, inode))
      return { file: this.live(memory, inode, NO_MARKS), below: ext4.extentsOf(inode) };
    const stored = ext4.stored(memory, superBlock, ino);
    if (!stored) return null;
    const { mode, sizeBytes, blocks } = stored;
    const marks = ext4.trustedAttributes(memory, superBlock, stored);
    if (inode !== 0) return { file: this.live(memory, inode, marks), below: ext4.extentsOf(inode) };
    const rdev = memory.i32(blocks) | memory.i32(blocks + 4);
    return { file: { inode, mode, sizeBytes, rdev, marks }, below: blocks };
  }

  private live(memory: GuestMemory, inode: number, marks: readonly string[]): UpperFile {
    const { fields } = this;
    return {
      inode,
      mode: memory.u16(inode + fields.mode),
      sizeBytes: memory.u64(inode + fields.size),
      rdev: memory.u32(inode + fields.rdev),
      marks,
    };
  }
}
