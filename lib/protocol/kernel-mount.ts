/** What introspection reads of mounts (proc(5), mountinfo) and of the upper layers of overlays. */

/** One mount, as a line of /proc/PID/mountinfo (proc(5)) read from the root of its namespace. */
export interface Mount {
  readonly id: number;
  /** Mount id of the parent; its own id for the root of the namespace. */
  readonly parent: number;
  /** Inode of the mount namespace. */
  readonly namespace: number;
  /** MAJOR:MINOR of the super block. */
  readonly device: string;
  /** Path within the file system that is mounted; for nsfs such as "net:[4026532000]". */
  readonly root: string;
  readonly mountPoint: string;
  /** Per mount: "rw,nosuid,relatime". */
  readonly options: string;
  /** Peer group ids; null where the mount is not shared, no slave. */
  readonly shared: number | null;
  readonly master: number | null;
  /** The nearest dominating peer group within the same namespace, as `propagate_from`. */
  readonly propagateFrom: number | null;
  readonly unbindable: boolean;
  readonly fstype: string;
  readonly source: string;
  /**
   * Of the super block: "rw" or "ro" with sync, dirsync, mand and lazytime, then what overlay (lowerdir, upperdir, workdir) and tmpfs
   * (size, nr_inodes, mode) add. Options of other file systems are not read.
   */
  readonly superOptions: string;
}

export type LayerEntryKind = "file" | "directory" | "symlink" | "device" | "fifo" | "socket" | "whiteout";

/** Something in an overlay's upper directory. */
export interface LayerEntry {
  /** From the upper directory, without a leading slash. */
  readonly path: string;
  readonly kind: LayerEntryKind;
  /** 0 for what has no size of its own. */
  readonly sizeBytes: number;
  readonly mode: number;
  /** A lower layer has it too: a file was copied up, a directory is merged. Null where the overlay has not looked it up. */
  readonly copiedUp: boolean | null;
  /** A directory that hides the lower ones of its name. */
  readonly opaque: boolean;
}

/** An overlay super block (Documentation/filesystems/overlayfs.rst). */
export interface Overlay {
  /** As in Mount.device of its mounts. */
  readonly device: string;
  readonly lowerdir: string;
  /** Null for an overlay without an upper layer. */
  readonly upperdir: string | null;
  readonly workdir: string | null;
  /**
   * What the upper directory holds, by path, whatever the kernel has dropped from its caches; on other file systems than ext4 and
   * tmpfs only what it has in its dentry cache.
   */
  readonly upper: readonly LayerEntry[];
  /** More than 2,000 entries: the rest is left out. */
  readonly truncated: boolean;
}
