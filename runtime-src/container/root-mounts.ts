/**
 * The root of a container and what is mounted on it, as init steps call it (mount(2), open_tree(2), move_mount(2)).
 *
 * Everything but the root itself is mounted after pivot_root(2): a symbolic link of the image then ends inside the
 * container, whatever it says. Bind mounts are taken as detached trees before, while their sources can be named.
 */
import { closeSync, existsSync, mkdirSync, openSync, statSync, symlinkSync } from "node:fs";
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_RECURSIVE,
  MOUNT_ATTR_RDONLY,
  MOVE_MOUNT_F_EMPTY_PATH,
  MOVE_MOUNT_T_SYMLINKS,
  MS_BIND,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_RDONLY,
  MS_REC,
  MS_REMOUNT,
  MS_STRICTATIME,
  O_CLOEXEC,
  OPEN_TREE_CLONE,
  S_IFCHR,
} from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";
import { isErrno } from "./host.ts";
import type { InitContext } from "./init-context.ts";

/** docker's way: an "init" layer above the image's has the mount points that an image may lack. */
export const overlayData = ({ spec, initLayer, upperDir, workDir }: InitContext): string =>
  `lowerdir=${[initLayer, ...spec.layers].join(":")},upperdir=${upperDir},workdir=${workDir}`;

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

export function openVolumes({ linux, spec, etcDir, trees }: InitContext): void {
  const take = (source: string, destination: string, readonly: boolean, isFolder: boolean) => {
    const fd = linux.openTree(AT_FDCWD, source, OPEN_TREE_CLONE | O_CLOEXEC | AT_RECURSIVE);
    trees.push({ fd, destination, isFolder });
    if (!readonly) return;
    linux.mountSetattr(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, { set: MOUNT_ATTR_RDONLY, clear: 0, propagation: 0 });
  };
  const given = new Set(spec.volumes.map(({ destination }) => destination));
  for (const file of ["resolv.conf", "hostname", "hosts"]) {
    if (!given.has(`/etc/${file}`)) take(`${etcDir}/${file}`, `/etc/${file}`, false, false);
  }
  for (const { source, destination, readonly } of spec.volumes) {
    if (source !== null) take(source, destination, readonly, statSync(source).isDirectory());
  }
}

export function attachVolumes({ linux, spec, trees }: InitContext): void {
  for (const { fd, destination, isFolder } of trees) {
    const attach = () =>
      linux.moveMount(fd, "", AT_FDCWD, destination, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS);
    try {
      attach();
    } catch (error) {
      if (!isErrno(error, "ENOENT")) throw error;
      makeMountPoint(destination, isFolder);
      attach();
    }
    linux.close(fd);
  }
  for (const { source, destination, readonly, data } of spec.volumes) {
    if (source !== null) continue;
    const flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | (readonly ? MS_RDONLY : 0);
    mountOn(linux, "tmpfs", destination, "tmpfs", flags, data);
  }
}

function makeMountPoint(path: string, isFolder: boolean): void {
  const folder = isFolder ? path : path.slice(0, path.lastIndexOf("/")) || "/";
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (!isFolder) closeSync(openSync(path, "a", 0o755));
}

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
  for (const folder of ["pts", "shm", "mqueue"]) mkdirSync(`/dev/${folder}`, 0o755);
  const flags = MS_NOSUID | MS_NOEXEC;
  linux.mount("devpts", "/dev/pts", "devpts", flags, "newinstance,ptmxmode=0666,mode=0620,gid=5");
  linux.mount("shm", "/dev/shm", "tmpfs", flags | MS_NODEV, `mode=1777,size=${spec.shmSizeBytes}`);
  linux.mount("mqueue", "/dev/mqueue", "mqueue", flags | MS_NODEV, null);
}

/** The umask is 0 here. */
export function makeDevices({ linux }: InitContext): void {
  for (const [name, major, minor] of DEVICES) linux.mknod(`/dev/${name}`, S_IFCHR | 0o666, major, minor);
  for (const [name, target] of LINKS) symlinkSync(target, `/dev/${name}`);
}

/** What shows the machine beyond the container (docker's list). */
export const MASKED_PATHS = [
  "/proc/acpi",
  "/proc/asound",
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/sys/devices/virtual/powercap",
  "/sys/firmware",
];

/** What would change it. */
export const READONLY_PATHS = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

let present: { readonly masked: readonly string[]; readonly readonly: readonly string[] } | null = null;

/** Those that this kernel has: the same in every mount of proc and sysfs, so asked once, by the resident. */
export function presentPaths(): NonNullable<typeof present> {
  present ??= { masked: MASKED_PATHS.filter(isThere), readonly: READONLY_PATHS.filter(isThere) };
  return present;
}

const isThere = (path: string): boolean => existsSync(path);

/** Whoever asked may have had another view of /proc (a container within a container). */
const whereItExists = (act: () => void): void => {
  try {
    act();
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
  }
};

export function maskPaths({ linux }: InitContext): void {
  for (const path of presentPaths().masked) {
    whereItExists(() => {
      try {
        linux.mount("/dev/null", path, null, MS_BIND, null);
      } catch (error) {
        if (!isErrno(error, "ENOTDIR")) throw error;
        linux.mount("tmpfs", path, "tmpfs", MS_RDONLY, "size=0k,nr_inodes=1");
      }
    });
  }
}

export function protectPaths({ linux }: InitContext): void {
  for (const path of presentPaths().readonly) {
    whereItExists(() => {
      linux.mount(path, path, null, MS_BIND | MS_REC, null);
      linux.mount(null, path, null, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, null);
    });
  }
}
