/**
 * Parts of /proc and /sys that are kept from a container (config-linux.md, "Masked Paths" and "Readonly Paths"), after
 * pivot_root(2): a file is covered by /dev/null, a folder by an empty tmpfs; what is to be read-only is bound on itself.
 */
import { existsSync, statSync } from "node:fs";
import { AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY, MS_BIND, MS_RDONLY, MS_REC } from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";
import { isErrno } from "./host.ts";
import type { InitContext } from "./init-context.ts";

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

interface PresentPaths {
  readonly masked: readonly string[];
  /** Those of them that are folders. */
  readonly folders: ReadonlySet<string>;
  readonly readonly: readonly string[];
}

let present: PresentPaths | null = null;

/** Those that this kernel has: the same in every mount of proc and sysfs, so asked once, by the resident. */
export function presentPaths(): PresentPaths {
  if (present) return present;
  const masked = MASKED_PATHS.filter(isThere);
  const folders = new Set(masked.filter((path) => statSync(path).isDirectory()));
  present = { masked, folders, readonly: READONLY_PATHS.filter(isThere) };
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

const coverFile = (linux: LinuxCalls, path: string): void => linux.mount("/dev/null", path, null, MS_BIND, null);

const coverFolder = (linux: LinuxCalls, path: string): void =>
  linux.mount("tmpfs", path, "tmpfs", MS_RDONLY, "size=0k,nr_inodes=1");

function cover(linux: LinuxCalls, path: string): void {
  try {
    coverFile(linux, path);
  } catch (error) {
    if (!isErrno(error, "ENOTDIR")) throw error;
    coverFolder(linux, path);
  }
}

export function maskPaths({ linux, spec }: InitContext): void {
  if (spec.maskedPaths !== "default") {
    for (const path of spec.maskedPaths) whereItExists(() => cover(linux, path));
    return;
  }
  const { masked, folders } = presentPaths();
  for (const path of masked) {
    whereItExists(() => (folders.has(path) ? coverFolder(linux, path) : coverFile(linux, path)));
  }
}

export function protectPaths({ linux, spec }: InitContext): void {
  for (const path of spec.readonlyPaths === "default" ? presentPaths().readonly : spec.readonlyPaths) {
    whereItExists(() => {
      linux.mount(path, path, null, MS_BIND | MS_REC, null);
      // Its other flags stay as they are.
      linux.mountSetattr(AT_FDCWD, path, AT_RECURSIVE, { set: MOUNT_ATTR_RDONLY, clear: 0, propagation: 0 });
    });
  }
}
