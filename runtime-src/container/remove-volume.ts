/** A volume is removed: its record first, then its files; the table of its steps. */
import { rmSync, unlinkSync, writeFileSync } from "node:fs";
import { sourceHere } from "../linux/source-position.ts";
import { type Host, isErrno } from "./host.ts";
import { type Change, runChange } from "./run-change.ts";
import type { Step } from "./steps.ts";
import { lockVolumesStep } from "./volume-change.ts";
import { readVolume, type Volume, volumeFile, volumeFolder } from "./volumes.ts";

export interface RemoveVolumeChange extends Change {
  before: Volume | null;
}

/** What is gone is not missed. */
export const removeVolumeSteps: readonly Step<RemoveVolumeChange>[] = [
  lockVolumesStep,
  {
    // From now on it is no volume.
    name: "forget-volume",
    part: "filesystem",
    syscall: "unlink",
    args: ({ host, name }) => [volumeFile(host.paths, name)],
    source: sourceHere(),
    run: (c) => {
      c.before = readVolume(c.host.paths, c.name);
      try {
        unlinkSync(volumeFile(c.host.paths, c.name));
      } catch (error) {
        if (!isErrno(error, "ENOENT")) throw error;
      }
    },
    undo: ({ host, name, before }) => {
      if (before) writeFileSync(volumeFile(host.paths, name), JSON.stringify(before));
    },
  },
  {
    name: "remove-volume-files",
    part: "filesystem",
    syscall: "unlinkat",
    args: ({ host, name }) => [volumeFolder(host.paths, name)],
    source: sourceHere(),
    run: ({ host, name }) => rmSync(volumeFolder(host.paths, name), { recursive: true, force: true }),
  },
];

export const removeVolume = (host: Host, name: string): void =>
  runChange({ host, name, lock: -1, before: null }, "volume rm", removeVolumeSteps);
