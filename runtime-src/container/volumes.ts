/**
 * Named and anonymous volumes: /var/lib/box/volumes/NAME with the files in _data and what docker says of it in
 * volume.json, written last, so a volume without it is one whose making was cut short. A new one takes over what the image
 * has at its place (docker's copy-up).
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import {
  CLONE_NEWNS,
  LOCK_EX,
  MS_PRIVATE,
  MS_RDONLY,
  MS_REC,
  O_CLOEXEC,
  O_DIRECTORY,
  O_RDONLY,
  RESOLVE_IN_ROOT,
} from "../linux/constants.ts";
import { type Host, isErrno } from "./host.ts";
import type { Paths } from "./paths.ts";
import { initLayer, rootFolder } from "./shared-folders.ts";

export interface Volume {
  readonly name: string;
  readonly createdMs: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Made for one container without a name of its own. */
  readonly anonymous: boolean;
}

export const volumesFolder = ({ lib }: Paths): string => `${lib}/volumes`;
export const volumeFolder = (paths: Paths, name: string): string => `${volumesFolder(paths)}/${name}`;
/** What is mounted. */
export const volumeData = (paths: Paths, name: string): string => `${volumeFolder(paths, name)}/_data`;

/** docker's rule for their names. */
export const isVolumeName = (name: string): boolean => /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name) && name.length <= 255;

export function readVolume(paths: Paths, name: string): Volume | null {
  if (!isVolumeName(name)) return null;
  try {
    return JSON.parse(readFileSync(`${volumeFolder(paths, name)}/volume.json`, "utf8")) as Volume;
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return null;
    throw error;
  }
}

export function listVolumes(paths: Paths): Volume[] {
  let names: string[];
  try {
    names = readdirSync(volumesFolder(paths));
  } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
  return names.sort().flatMap((name) => readVolume(paths, name) ?? []);
}

/** One at a time makes or removes volumes. */
export function withVolumesLocked<T>({ linux, paths }: Host, act: () => T): T {
  mkdirSync(volumesFolder(paths), { recursive: true, mode: 0o711 });
  const lock = linux.open(volumesFolder(paths), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  try {
    linux.flock(lock, LOCK_EX);
    return act();
  } finally {
    linux.close(lock);
  }
}

/** What a new volume is filled with: the folder `path` of an image. */
export interface CopyUp {
  readonly layers: readonly string[];
  readonly path: string;
}

/** false when it is there already; `fill` is only for a new one. */
export function ensureVolume(host: Host, volume: Volume, fill: CopyUp | null): boolean {
  const { paths } = host;
  return withVolumesLocked(host, () => {
    if (readVolume(paths, volume.name)) return false;
    const folder = volumeFolder(paths, volume.name);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(`${folder}/_data`, { recursive: true, mode: 0o755 });
    try {
      if (fill) copyUp(host, fill, `${folder}/_data`);
      writeFileSync(`${folder}/volume.json.new`, JSON.stringify(volume));
      renameSync(`${folder}/volume.json.new`, `${folder}/volume.json`);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
    return true;
  });
}

export function removeVolume(host: Host, name: string): void {
  withVolumesLocked(host, () => rmSync(volumeFolder(host.paths, name), { recursive: true, force: true }));
}

/**
 * The image's layers are put together for a moment, read-only, in a mount namespace of a child that becomes cp(1). Its
 * folder is opened with every link resolved inside the image (openat2(2) RESOLVE_IN_ROOT), so that no link of an image
 * brings the machine's files into a volume.
 */
function copyUp({ linux, paths }: Host, { layers, path }: CopyUp, target: string): void {
  const pid = linux.fork(() => {
    const root = rootFolder(paths);
    linux.unshare(CLONE_NEWNS);
    linux.mount(null, "/", null, MS_REC | MS_PRIVATE, null);
    linux.mount("overlay", root, "overlay", MS_RDONLY, `lowerdir=${[initLayer(paths), ...layers].join(":")}`);
    const fd = linux.open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    let folder: number;
    try {
      folder = linux.openat2(fd, path, { flags: O_RDONLY | O_DIRECTORY, resolve: RESOLVE_IN_ROOT });
    } catch (error) {
      if (isErrno(error, "ENOENT", "ENOTDIR")) return 0; // the image has nothing there
      throw error;
    }
    linux.setCloexec(folder, false);
    const args = ["cp", "-a", "--", `/proc/self/fd/${folder}/.`, `${target}/`];
    return linux.execve("/bin/cp", args, ["PATH=/usr/bin:/bin", "LC_ALL=C"]);
  });
  const { exitCode, signal } = linux.waitpid(pid) ?? { exitCode: 0, signal: null };
  if (exitCode !== 0) throw new Error(`cp(1) of the image's ${path} to a new volume: ${signal ?? exitCode}`);
}
