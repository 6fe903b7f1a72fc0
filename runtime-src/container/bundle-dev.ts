/**
 * Devices of a bundle's container: the default ones (config-linux.md, "Default Devices") and its own. In a user namespace
 * the kernel makes no nodes, so there the host's are bound in their places.
 */
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  CLONE_NEWUSER,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  MOVE_MOUNT_F_EMPTY_PATH,
  MOVE_MOUNT_T_EMPTY_PATH,
  O_CLOEXEC,
  OPEN_TREE_CLONE,
} from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";
import { DEVICES, LINKS } from "./dev.ts";
import { makeNode } from "./device-node.ts";
import { isErrno } from "./host.ts";
import type { InitContext } from "./init-context.ts";
import { openInRoot, openMountPoint } from "./mount-point.ts";
import type { DeviceSpec } from "./spec.ts";

function bindNode(linux: LinuxCalls, root: number, { path }: DeviceSpec): void {
  const tree = linux.openTree(AT_FDCWD, path, OPEN_TREE_CLONE | O_CLOEXEC);
  const set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
  linux.mountSetattr(tree, "", AT_EMPTY_PATH, { set, clear: 0, propagation: 0 });
  const place = openMountPoint(linux, root, path, false);
  linux.moveMount(tree, "", place, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
  linux.close(place);
  linux.close(tree);
}

const defaultDevice = ([name, major, minor]: (typeof DEVICES)[number]): DeviceSpec => ({
  path: `/dev/${name}`,
  type: "c",
  major,
  minor,
  fileMode: 0o666,
  uid: 0,
  gid: 0,
});

/** Of a bundle: the default devices (config-linux.md) and its own. A /dev that comes from outside is left as it is. */
export function makeBundleDevices({ linux, spec }: InitContext, root: number): void {
  if (spec.mounts.some(({ destination, type }) => destination === "/dev" && type === "bind")) return;
  const own = new Set(spec.devices.map(({ path }) => path));
  const devices = [...DEVICES.map(defaultDevice).filter(({ path }) => !own.has(path)), ...spec.devices];
  const make = spec.namespaces & CLONE_NEWUSER ? bindNode : makeNode;
  for (const device of devices) make(linux, root, device);
  const dev = openInRoot(linux, root, "/dev");
  if (dev === null) return;
  for (const [name, target] of LINKS) {
    try {
      linux.symlinkat(target, dev, name);
    } catch (error) {
      if (!isErrno(error, "EEXIST")) throw error;
    }
  }
  linux.close(dev);
}
