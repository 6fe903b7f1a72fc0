/**
 * /dev of a docker container: a tmpfs with the devices that every container has (config-linux.md, "Default Devices"), the
 * links that programs expect, and what is mounted below it.
 */
import { mkdirSync, symlinkSync } from "node:fs";
import {
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_STRICTATIME,
  O_CLOEXEC,
  O_DIRECTORY,
  O_PATH,
  S_IFBLK,
  S_IFCHR,
  S_IFIFO,
} from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";
import type { InitContext } from "./init-context.ts";
import { makeFolder } from "./mount-point.ts";
import { mountOn } from "./root-mounts.ts";
import type { DeviceSpec } from "./spec.ts";

/** docker's /dev: [name, major, minor]. */
const DEVICES = [
  ["null", 1, 3],
  ["zero", 1, 5],
  ["full", 1, 7],
  ["random", 1, 8],
  ["urandom", 1, 9],
  ["tty", 5, 0],
] as const;

const LINKS = [
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
  for (const [name, major, minor] of DEVICES) linux.mknod(`/dev/${name}`, S_IFCHR | 0o666, major, minor);
  for (const [name, target] of LINKS) symlinkSync(target, `/dev/${name}`);
  for (const device of spec.devices) makeDevice(linux, device);
}

const NODE_TYPES = { b: S_IFBLK, c: S_IFCHR, p: S_IFIFO };

function makeDevice(linux: LinuxCalls, { path, type, major, minor, fileMode, uid, gid }: DeviceSpec): void {
  const cut = path.lastIndexOf("/");
  const root = linux.open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  const folder = makeFolder(linux, root, path.slice(0, cut) || "/");
  try {
    linux.mknodat(folder, path.slice(cut + 1), NODE_TYPES[type] | fileMode, major, minor);
    if (uid !== 0 || gid !== 0) linux.fchownat(folder, path.slice(cut + 1), uid, gid);
  } finally {
    linux.close(folder);
    linux.close(root);
  }
}
