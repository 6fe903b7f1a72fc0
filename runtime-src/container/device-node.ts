/** A device node of a container (mknod(2)), below a descriptor of its root, never through a link out of it. */
import { S_IFBLK, S_IFCHR, S_IFIFO } from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";
import { isErrno } from "./host.ts";
import { makeFolder } from "./mount-point.ts";
import type { DeviceSpec } from "./spec.ts";

const NODE_TYPES = { b: S_IFBLK, c: S_IFCHR, p: S_IFIFO };

/** What is there already stays, as runc and docker have it. The umask must be 0. */
export function makeNode(linux: LinuxCalls, root: number, device: DeviceSpec): void {
  const { path, type, major, minor, fileMode, uid, gid } = device;
  const cut = path.lastIndexOf("/");
  const folder = makeFolder(linux, root, path.slice(0, cut) || "/");
  try {
    linux.mknodat(folder, path.slice(cut + 1), NODE_TYPES[type] | fileMode, major, minor);
    if (uid !== 0 || gid !== 0) linux.fchownat(folder, path.slice(cut + 1), uid, gid);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  } finally {
    linux.close(folder);
  }
}
