/**
 * Bind mounts with mapped ids (mount_setattr(2), MOUNT_ATTR_IDMAP): the map is a user namespace, here one that a child
 * makes, gets its maps, and that lives on only in the mount. Made by the parent, which is privileged outside.
 */
import {
  AT_EMPTY_PATH,
  AT_RECURSIVE,
  CLONE_NEWUSER,
  MOUNT_ATTR_IDMAP,
  MS_PRIVATE,
  O_CLOEXEC,
  O_RDONLY,
} from "../linux/constants.ts";
import { parseMountOptions } from "../oci/mount-options.ts";
import type { CreateContext } from "./create-context.ts";
import type { Host } from "./host.ts";
import { writeIdMaps } from "./id-maps.ts";
import { openTreeOf } from "./mounts.ts";
import type { ContainerSpec, MountSpec } from "./spec.ts";

export const isIdmapped = ({ options, uidMappings, gidMappings }: MountSpec): boolean =>
  options.includes("idmap") || options.includes("ridmap") || uidMappings.length + gidMappings.length > 0;

/** A descriptor of a user namespace with these maps. */
function mappedNamespace(host: Host, maps: Pick<ContainerSpec, "uidMappings" | "gidMappings">): number {
  const { linux } = host;
  const [ours, theirs] = linux.socketpair();
  const child = linux.clone3({ flags: CLONE_NEWUSER }, () => {
    linux.close(ours);
    linux.read(theirs, 1);
    return 0;
  });
  try {
    writeIdMaps(host, child.pid, maps);
    return linux.open(`/proc/${child.pid}/ns/user`, O_RDONLY | O_CLOEXEC);
  } finally {
    linux.close(theirs);
    linux.close(ours);
    linux.waitpid(child.pid);
    linux.close(child.pidfd);
  }
}

export function prepareIdmaps(c: CreateContext): void {
  const { linux } = c.host;
  const { spec } = c.state;
  for (const mount of spec.mounts.filter(isIdmapped)) {
    const options = parseMountOptions(mount.options);
    const own = mount.uidMappings.length + mount.gidMappings.length > 0;
    const tree = openTreeOf(linux, mount, options);
    c.idmapTrees.set(mount, tree);
    // Made outside of the container's namespace, it would still tell the host of what is mounted in it.
    linux.mountSetattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, { set: 0, clear: 0, propagation: MS_PRIVATE });
    const userNsFd = mappedNamespace(c.host, own ? mount : spec);
    try {
      const flags = AT_EMPTY_PATH | (options.idmap === "ridmap" ? AT_RECURSIVE : 0);
      linux.mountSetattr(tree, "", flags, { set: MOUNT_ATTR_IDMAP, clear: 0, propagation: 0, userNsFd });
    } finally {
      linux.close(userNsFd);
    }
  }
}
