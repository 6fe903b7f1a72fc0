/**
 * Where a mount goes: a path of the container, looked up with openat2(2) and RESOLVE_IN_ROOT, so that neither a symbolic
 * link of the image nor a magic link of /proc leads out of the root; missing folders are made component by component on
 * descriptors, for the same reason.
 */
import {
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
} from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";
import { isErrno } from "./host.ts";

const INSIDE = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;

/** A descriptor of what is at the path, below the folder `root`; null when there is nothing. */
export function openInRoot(linux: LinuxCalls, root: number, path: string, flags = O_PATH): number | null {
  try {
    return linux.openat2(root, path, { flags: flags | O_CLOEXEC, resolve: INSIDE });
  } catch (error) {
    if (isErrno(error, "ENOENT")) return null;
    throw error;
  }
}

/** A folder of the path, made with its parents where missing. */
export function makeFolder(linux: LinuxCalls, root: number, path: string, mode = 0o755): number {
  const whole = openInRoot(linux, root, path, O_PATH | O_DIRECTORY);
  if (whole !== null) return whole;
  const cut = path.replace(/\/+$/, "").lastIndexOf("/");
  const name = path.replace(/\/+$/, "").slice(cut + 1);
  const parent = cut <= 0 ? linux.dup(root) : makeFolder(linux, root, path.slice(0, cut), mode);
  try {
    try {
      linux.mkdirat(parent, name, mode);
    } catch (error) {
      if (!isErrno(error, "EEXIST")) throw error;
    }
    // A link to nowhere "exists": what it points to cannot be made.
    return linux.openat2(parent, name, { flags: O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, resolve: 0 });
  } finally {
    linux.close(parent);
  }
}

/** The place of a mount, made when missing: a folder, or an empty file for a file. */
export function openMountPoint(linux: LinuxCalls, root: number, path: string, isFolder: boolean): number {
  const there = openInRoot(linux, root, path);
  if (there !== null) return there;
  if (isFolder) return makeFolder(linux, root, path);
  const cut = path.lastIndexOf("/");
  const parent = makeFolder(linux, root, path.slice(0, cut) || "/");
  try {
    const flags = O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
    linux.close(linux.openat2(parent, path.slice(cut + 1), { flags, mode: 0o755, resolve: 0 }));
    return linux.openat2(parent, path.slice(cut + 1), { flags: O_PATH | O_NOFOLLOW | O_CLOEXEC, resolve: 0 });
  } finally {
    linux.close(parent);
  }
}
