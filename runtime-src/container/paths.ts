import { existsSync, readlinkSync } from "node:fs";

/** Where everything of `box` lies. Tests give their own folder. */
export interface Paths {
  /** tmpfs: state, names, locks, and the small files that docker mounts into a container. */
  readonly run: string;
  /** A disk: upper layers and logs. */
  readonly lib: string;
  /** OCI image layout and unpacked layers. */
  readonly images: string;
  readonly layers: string;
  /** Our own cgroup, below the cgroup2 mount. */
  readonly cgroup: string;
  /** The same as the kernel writes it in /proc/PID/cgroup. */
  readonly cgroupName: string;
  /** Where steps are reported (lib/protocol/runtime-step.ts). */
  readonly steps: string;
}

export const GUEST_PATHS: Paths = {
  run: "/run/box",
  lib: "/var/lib/box",
  images: "/usr/lib/box/images",
  layers: "/usr/lib/box/layers/sha256",
  cgroup: "/sys/fs/cgroup/box",
  cgroupName: "/box",
  steps: "/dev/hvc3",
};

/** As docker shows ids. */
export const shortId = (id: string): string => id.slice(0, 12);

export const stateFolder = (paths: Paths, id: string): string => `${paths.run}/${id}`;
export const diskFolder = (paths: Paths, id: string): string => `${paths.lib}/containers/${id}`;

/** Says where the cgroup is when it is not in its usual place (--cgroup-parent); without it a removal could not know. */
export const cgroupLink = (paths: Paths, id: string): string => `${stateFolder(paths, id)}/cgroup`;

const ownCgroupFolder = (paths: Paths, id: string): string => `${paths.cgroup}/${shortId(id)}`;

/** Of a container that has been made. */
export function cgroupFolder(paths: Paths, id: string): string {
  const link = cgroupLink(paths, id);
  return existsSync(link) ? readlinkSync(link) : ownCgroupFolder(paths, id);
}

/** Where the cgroup2 file system is mounted. */
export const cgroupRoot = ({ cgroup }: Paths): string => cgroup.slice(0, cgroup.lastIndexOf("/"));

/** Of a container that is to be made: in its usual place, or where its spec says. */
export const newCgroupFolder = (paths: Paths, id: string, cgroupsPath: string | null): string =>
  cgroupsPath === null ? ownCgroupFolder(paths, id) : `${cgroupRoot(paths)}${cgroupsPath}`;
