/**
 * Paths as processes see them: from a struct path (a mount and a dentry in it) up through the mounts to the root of the mount
 * namespace (prepend_path in fs/d_path.c). A mount on "/" of another one adds nothing, so what has been pivoted or moved onto
 * the root has the path that processes use.
 *
 * From one `begin` to the next each path is put together once.
 */
import type { KernelLayout } from "../protocol/layout.ts";
import type { DentryReader } from "./dentries.ts";
import { fieldsOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";

const MAX_MOUNT_DEPTH = 64;
/** Offsets are below 2^28 and word aligned: two of them make an exact number. */
const PAIR = 2 ** 26;

export class PathReader {
  readonly dentries: DentryReader;
  private readonly fields;
  private readonly known = new Map<number, string | null>();
  private readonly mountPaths = new Map<number, string | null>();

  constructor(layout: KernelLayout, dentries: DentryReader) {
    this.dentries = dentries;
    this.fields = fieldsOf(layout, {
      mnt: "mount.mnt",
      mntRoot: "mount.mnt.mnt_root",
      mntParent: "mount.mnt_parent",
      mountpoint: "mount.mnt_mountpoint",
    });
  }

  /** Before RAM may have changed. */
  begin(): void {
    this.known.clear();
    this.mountPaths.clear();
  }

  /** `vfsmount` and `dentry` as in struct path; null where there is none or the way up is broken. */
  path(memory: GuestMemory, vfsmount: number, dentry: number): string | null {
    if (vfsmount === 0 || dentry === 0) return null;
    const { fields } = this;
    const key = pathKey(vfsmount, dentry);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const mount = vfsmount - fields.mnt;
    const within = this.dentries.pathWithin(memory, dentry, memory.pointer(mount + fields.mntRoot));
    const path = within === null ? null : join(this.mountPath(memory, mount), within);
    this.known.set(key, path);
    return path;
  }

  /** Where a struct mount is mounted. */
  mountPath(memory: GuestMemory, mount: number, depth = 0): string | null {
    const known = this.mountPaths.get(mount);
    if (known !== undefined) return known;
    const { fields } = this;
    const parent = memory.pointer(mount + fields.mntParent);
    let path: string | null = null;
    if (parent === mount) path = "/";
    else if (parent !== 0 && depth < MAX_MOUNT_DEPTH) {
      const root = memory.pointer(parent + fields.mntRoot);
      const within = this.dentries.pathWithin(memory, memory.pointer(mount + fields.mountpoint), root);
      path = within === null ? null : join(this.mountPath(memory, parent, depth + 1), within);
    }
    this.mountPaths.set(mount, path);
    return path;
  }
}

/** One number for the two offsets of a struct path. */
export const pathKey = (vfsmount: number, dentry: number): number => (vfsmount >> 2) * PAIR + (dentry >> 2);

function join(mountPath: string | null, within: string): string | null {
  if (mountPath === null) return null;
  if (within === "/") return mountPath;
  return mountPath === "/" ? within : mountPath + within;
}
