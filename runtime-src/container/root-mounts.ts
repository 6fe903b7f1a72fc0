/**
 * The root of a container and what is mounted on it, as init steps call it (mount(2), open_tree(2), move_mount(2)).
 *
 * Everything but the root itself is mounted after pivot_root(2): a symbolic link of the image then ends inside the
 * container, whatever it says. Bind mounts are taken as detached trees before, while their sources can be named.
 */
import { mkdirSync } from "node:fs";
import {
  AT_FDCWD,
  CLONE_NEWUSER,
  MOVE_MOUNT_F_EMPTY_PATH,
  MOVE_MOUNT_T_EMPTY_PATH,
  O_CLOEXEC,
  O_DIRECTORY,
  O_PATH,
  OPEN_TREE_CLONE,
} from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";
import { isErrno } from "./host.ts";
import type { InitContext } from "./init-context.ts";
import { openMountPoint } from "./mount-point.ts";
import { attachMounts, prepareMounts } from "./mounts.ts";

/** docker's way: an "init" layer above the image's has the mount points that an image may lack. */
export const overlayData = ({ spec, initLayer, upperDir, workDir }: InitContext): string => {
  // trusted.* attributes, which overlayfs marks its files with, are not for a user namespace
  const marks = spec.namespaces & CLONE_NEWUSER ? ",userxattr" : "";
  return `lowerdir=${[initLayer, ...spec.layers].join(":")},upperdir=${upperDir},workdir=${workDir}${marks}`;
};

/** mount(2), making the mount point when the image has none. */
export function mountOn(
  linux: LinuxCalls,
  source: string,
  target: string,
  type: string,
  flags: number,
  data: string | null,
): void {
  try {
    linux.mount(source, target, type, flags, data);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    mkdirSync(target, { recursive: true, mode: 0o755 });
    linux.mount(source, target, type, flags, data);
  }
}

export function openVolumes(c: InitContext): void {
  const { linux, spec, etcDir, etcTrees } = c;
  const given = new Set(spec.mounts.map(({ destination }) => destination));
  for (const file of ["resolv.conf", "hostname", "hosts"]) {
    const destination = `/etc/${file}`;
    if (given.has(destination)) continue;
    const fd = linux.openTree(AT_FDCWD, `${etcDir}/${file}`, OPEN_TREE_CLONE | O_CLOEXEC);
    etcTrees.push({ fd, destination });
  }
  if (spec.mounts.length > 0) prepareMounts(c);
}

export function attachVolumes(c: InitContext): void {
  const { linux, etcTrees, prepared } = c;
  for (const { fd, destination } of etcTrees) {
    // The init layer has these files, so their place is known to be inside; without it, it is looked for.
    if (!attached(linux, fd, destination)) {
      const root = linux.open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
      const place = openMountPoint(linux, root, destination, false);
      linux.moveMount(fd, "", place, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
      linux.close(place);
      linux.close(root);
    }
    linux.close(fd);
  }
  if (prepared.length === 0) return;
  // "." is the old root, to be found again.
  const oldRoot = linux.open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  const root = linux.open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  attachMounts(c, root);
  linux.fchdir(oldRoot);
  linux.close(root);
  linux.close(oldRoot);
}

function attached(linux: LinuxCalls, fd: number, destination: string): boolean {
  try {
    linux.moveMount(fd, "", AT_FDCWD, destination, MOVE_MOUNT_F_EMPTY_PATH);
    return true;
  } catch (error) {
    if (!isErrno(error, "ENOENT", "ENOTDIR")) throw error;
    return false;
  }
}
