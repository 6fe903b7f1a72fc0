/**
 * The `mounts` of a spec, in two acts: what comes from outside is taken as detached trees (open_tree(2)) while it can be
 * named, with all its attributes set before anybody can see it (mount_setattr(2)); then all are put in their places in
 * order. A new file system is mounted on "." of its mount point, so its path is looked up once and inside the root.
 */
import { statSync } from "node:fs";
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_RECURSIVE,
  MOUNT_ATTR_RDONLY,
  MOVE_MOUNT_F_EMPTY_PATH,
  MOVE_MOUNT_T_EMPTY_PATH,
  MS_BIND,
  MS_RDONLY,
  MS_REC,
  O_CLOEXEC,
  OPEN_TREE_CLONE,
} from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";
import { type MountOptions, mountAttributes, parseMountOptions } from "../oci/mount-options.ts";
import { copyFolder } from "./copy-folder.ts";
import { isErrno } from "./host.ts";
import type { InitContext } from "./init-context.ts";
import { openInRoot, openMountPoint } from "./mount-point.ts";
import type { MountSpec } from "./spec.ts";

/** A mount whose outside part is done. */
export interface PreparedMount {
  readonly mount: MountSpec;
  readonly options: MountOptions;
  /** The detached tree of a bind mount, else -1. */
  readonly tree: number;
  readonly isFolder: boolean;
}

export const isBind = ({ type }: MountSpec, { flags }: MountOptions): boolean =>
  type === "bind" || (flags & MS_BIND) !== 0;

export function prepareMounts({ linux, spec, prepared, idmapTrees }: InitContext): void {
  for (const mount of spec.mounts) {
    const options = parseMountOptions(mount.options);
    if (!isBind(mount, options)) {
      prepared.push({ mount, options, tree: -1, isFolder: true });
      continue;
    }
    const tree = idmapTrees.get(mount) ?? openTreeOf(linux, mount, options);
    setAttributes(linux, tree, options);
    prepared.push({ mount, options, tree, isFolder: statSync(mount.source).isDirectory() });
  }
}

export function openTreeOf(linux: LinuxCalls, { source }: MountSpec, { flags }: MountOptions): number {
  const recursive = (flags & MS_REC) !== 0 ? AT_RECURSIVE : 0;
  return linux.openTree(AT_FDCWD, source, OPEN_TREE_CLONE | O_CLOEXEC | recursive);
}

/** Of the mount itself, then of the whole tree. */
function setAttributes(linux: LinuxCalls, fd: number, options: MountOptions): void {
  const own = mountAttributes(options);
  if (own.set !== 0 || own.clear !== 0) linux.mountSetattr(fd, "", AT_EMPTY_PATH, { ...own, propagation: 0 });
  setRecursive(linux, fd, options);
}

function setRecursive(linux: LinuxCalls, fd: number, { recursiveSet, recursiveClear }: MountOptions): void {
  if (recursiveSet === 0 && recursiveClear === 0) return;
  linux.mountSetattr(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, {
    set: recursiveSet,
    clear: recursiveClear,
    propagation: 0,
  });
}

function spread(linux: LinuxCalls, fd: number, { propagation }: MountOptions): void {
  for (const kind of propagation) {
    const flags = AT_EMPTY_PATH | (kind & MS_REC ? AT_RECURSIVE : 0);
    linux.mountSetattr(fd, "", flags, { set: 0, clear: 0, propagation: kind & ~MS_REC });
  }
}

const NOT_FOR_FILE_SYSTEMS = MS_BIND | MS_REC;

/** On ".", the mount point. */
function mountFileSystem(c: InitContext, { type, source }: MountSpec, { flags, data, copyUp }: MountOptions): void {
  const { linux } = c;
  const own = flags & ~NOT_FOR_FILE_SYSTEMS;
  if (type === "cgroup") mountCgroup(c, source, own, data);
  else linux.mount(source, ".", type, copyUp ? own & ~MS_RDONLY : own, data);
}

/** Without a cgroup namespace of its own, a user namespace may not mount the tree: it gets its part of the host's. */
function mountCgroup({ linux, cgroupFolder }: InitContext, source: string, flags: number, data: string | null): void {
  try {
    linux.mount(source, ".", "cgroup2", flags, data);
  } catch (error) {
    if (!isErrno(error, "EPERM", "EBUSY")) throw error;
    const tree = linux.openTree(AT_FDCWD, cgroupFolder, OPEN_TREE_CLONE | O_CLOEXEC);
    linux.mountSetattr(tree, "", AT_EMPTY_PATH, { ...mountAttributes({ flags, clear: 0 }), propagation: 0 });
    linux.moveMount(tree, "", AT_FDCWD, ".", MOVE_MOUNT_F_EMPTY_PATH);
    linux.close(tree);
  }
}

/** tmpcopyup: filled with what it covers, and only then read-only if it is to be. */
function copyUp(linux: LinuxCalls, root: number, covered: number, { mount, options }: PreparedMount): void {
  const mounted = openInRoot(linux, root, mount.destination);
  if (mounted === null) return;
  copyFolder(`/proc/self/fd/${covered}`, `/proc/self/fd/${mounted}`);
  if (options.flags & MS_RDONLY) {
    linux.mountSetattr(mounted, "", AT_EMPTY_PATH, { set: MOUNT_ATTR_RDONLY, clear: 0, propagation: 0 });
  }
  linux.close(mounted);
}

/** `root` is a descriptor of the container's root, wherever it is mounted now. */
export function attachMounts(context: InitContext, root: number): void {
  for (const entry of context.prepared) attachMount(context, root, entry);
}

export function attachMount(context: InitContext, root: number, entry: PreparedMount): void {
  const { linux } = context;
  const { mount, options, tree, isFolder } = entry;
  const place = openMountPoint(linux, root, mount.destination, isFolder);
  try {
    if (tree >= 0) {
      linux.moveMount(tree, "", place, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
      spread(linux, tree, options);
      linux.close(tree);
      return;
    }
    linux.fchdir(place);
    mountFileSystem(context, mount, options);
    if (options.copyUp) copyUp(linux, root, place, entry);
  } finally {
    linux.close(place);
  }
  if (options.propagation.length === 0 && options.recursiveSet === 0 && options.recursiveClear === 0) return;
  const mounted = openInRoot(linux, root, mount.destination);
  if (mounted === null) return;
  setRecursive(linux, mounted, options);
  spread(linux, mounted, options);
  linux.close(mounted);
}
