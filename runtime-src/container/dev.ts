/**
 * /dev of a docker container: a tmpfs with the devices that every container has (config-linux.md, "Default Devices"), the
 * links that programs expect, and what is mounted below it.
 */
import { closeSync, mkdirSync, openSync, symlinkSync } from "node:fs";
import {
  AT_FDCWD,
  CLONE_NEWUSER,
  MOVE_MOUNT_F_EMPTY_PATH,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_STRICTATIME,
  O_CLOEXEC,
  O_DIRECTORY,
  O_PATH,
  OPEN_TREE_CLONE,
  S_IFCHR,
} from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";
import { makeNode } from "./device-node.ts";
import type { InitContext } from "./init-context.ts";
import { mountOn } from "./root-mounts.ts";

/** [name, major, minor] */
export const DEVICES = [
  ["null", 1, 3],
  ["zero", 1, 5],
  ["full", 1, 7],
  ["random", 1, 8],
  ["urandom", 1, 9],
  ["tty", 5, 0],
] as const;

export const LINKS = [
  ["fd", "/proc/self/fd"],
  ["stdin", "/proc/self/fd/0"],
  ["stdout", "/proc/self/fd/1"],
  ["stderr", "/proc/self/fd/2"],
  ["core", "/proc/kcore"],
  ["ptmx", "pts/ptmx"],
] as const;

export function mountDev({ linux, spec }: InitContext): void {
  mountOn(linux, "tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k");
  const flags = MS_NOSUID | MS_NOEXEC;
  const isGiven = (path: string) => spec.mounts.some(({ destination }) => destination === path);
  const mount = (type: string, name: string, extra: number, data: string | null) => {
    mkdirSync(`/dev/${name}`, 0o755);
    if (!isGiven(`/dev/${name}`))
      linux.mount(name === "pts" ? "devpts" : name, `/dev/${name}`, type, flags | extra, data);
  };
  mount("devpts", "pts", 0, "newinstance,ptmxmode=0666,mode=0620,gid=5");
  mount("tmpfs", "shm", MS_NODEV, `mode=1777,size=${spec.shmSizeBytes}`);
  mount("mqueue", "mqueue", MS_NODEV, null);
}

/** The umask is 0 here. */
export function makeDevices({ linux, spec }: InitContext): void {
  const isMapped = (spec.namespaces & CLONE_NEWUSER) !== 0;
  for (const [name, major, minor] of DEVICES) {
    if (isMapped) bindDevice(linux, `dev/${name}`);
    else linux.mknod(`/dev/${name}`, S_IFCHR | 0o666, major, minor);
  }
  for (const [name, target] of LINKS) symlinkSync(target, `/dev/${name}`);
  if (spec.devices.length === 0) return;
  if (isMapped) {
    for (const { path } of spec.devices) bindDevice(linux, path.replace(/^\/+/, ""));
    return;
  }
  const root = linux.open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  for (const device of spec.devices) makeNode(linux, root, device);
  linux.close(root);
}

/**
 * In a user namespace the kernel makes no nodes, so the machine's are bound in their places. Its root still lies over ours
 * (pivot-root): a path that starts with "/" begins below it, but ".." of the root is looked up like any mount point.
 */
function bindDevice(linux: LinuxCalls, path: string): void {
  const tree = linux.openTree(AT_FDCWD, `/../${path}`, OPEN_TREE_CLONE | O_CLOEXEC);
  closeSync(openSync(`/${path}`, "w", 0o666));
  linux.moveMount(tree, "", AT_FDCWD, `/${path}`, MOVE_MOUNT_F_EMPTY_PATH);
  linux.close(tree);
}
