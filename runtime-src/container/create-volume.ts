/**
 * A volume is made, for `volume create` or for the container that first names it: the table of its steps. A new one takes
 * over what the image has at its place (docker's copy-up).
 */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import {
  CLONE_NEWNS,
  MS_PRIVATE,
  MS_RDONLY,
  MS_REC,
  O_CLOEXEC,
  O_DIRECTORY,
  O_RDONLY,
  RESOLVE_IN_ROOT,
} from "../linux/constants.ts";
import { sourceHere } from "../linux/source-position.ts";
import { type Host, isErrno } from "./host.ts";
import { type Change, runChange } from "./run-change.ts";
import { initLayer, rootFolder } from "./shared-folders.ts";
import type { Step } from "./steps.ts";
import { lockVolumesStep } from "./volume-change.ts";
import { readVolume, type Volume, volumeData, volumeFile, volumeFolder } from "./volumes.ts";

/** What a new volume is filled with: the folder `path` of an image. */
export interface CopyUp {
  readonly layers: readonly string[];
  readonly path: string;
}

export interface CreateVolumeChange extends Change {
  readonly volume: Volume;
  readonly fill: CopyUp | null;
}

/** Somebody else was quicker. */
class VolumeExists extends Error {}

const removeFolder = ({ host, volume }: CreateVolumeChange): void =>
  rmSync(volumeFolder(host.paths, volume.name), { recursive: true, force: true });

export const createVolumeSteps: readonly Step<CreateVolumeChange>[] = [
  lockVolumesStep,
  {
    name: "make-volume-folder",
    part: "filesystem",
    syscall: "mkdir",
    args: ({ host, volume }) => [volumeData(host.paths, volume.name)],
    source: sourceHere(),
    run: ({ host, volume }) => {
      if (readVolume(host.paths, volume.name)) throw new VolumeExists();
      mkdirSync(volumeData(host.paths, volume.name), { recursive: true, mode: 0o755 });
    },
    undo: removeFolder,
  },
  {
    name: "fill-volume",
    part: "filesystem",
    syscall: "execve",
    args: ({ host, volume, fill }) => ["/bin/cp", "-a", `${fill?.path}/.`, volumeData(host.paths, volume.name)],
    source: sourceHere(),
    when: ({ fill }) => fill !== null,
    run: ({ host, volume, fill }) => {
      if (fill) copyUp(host, fill, volumeData(host.paths, volume.name));
    },
  },
  {
    // From now on it is a volume.
    name: "write-volume",
    part: "filesystem",
    syscall: "rename",
    args: ({ host, volume }) => [`${volumeFile(host.paths, volume.name)}.new`, "volume.json"],
    source: sourceHere(),
    run: ({ host, volume }) => {
      const file = volumeFile(host.paths, volume.name);
      writeFileSync(`${file}.new`, JSON.stringify(volume));
      renameSync(`${file}.new`, file);
    },
  },
];

/** false when it is there already; `fill` is only for a new one. */
export function ensureVolume(host: Host, volume: Volume, fill: CopyUp | null): boolean {
  const { name } = volume;
  if (readVolume(host.paths, name)) return false;
  try {
    runChange({ host, name, volume, fill, lock: -1 }, "volume create", createVolumeSteps);
    return true;
  } catch (error) {
    if (error instanceof VolumeExists) return false;
    throw error;
  }
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
