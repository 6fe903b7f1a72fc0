/**
 * What the making and the removal of a volume begin with: flock(2) on the folder of the volumes. Whoever takes it clears
 * away the folders without a volume.json: what a killed one has left.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { sourceHere } from "../linux/source-position.ts";
import { lockFolder } from "./lock-folder.ts";
import type { Change } from "./run-change.ts";
import type { Step } from "./steps.ts";
import { volumeFile, volumeFolder, volumesFolder } from "./volumes.ts";

export const lockVolumesStep: Step<Change> = {
  name: "lock-volumes",
  part: null,
  syscall: "flock",
  args: ({ host }) => [volumesFolder(host.paths), "LOCK_EX"],
  source: sourceHere(),
  run: (c) => {
    const { linux, paths } = c.host;
    const folder = volumesFolder(paths);
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    c.lock = lockFolder(linux, folder);
    for (const name of readdirSync(folder)) {
      if (!existsSync(volumeFile(paths, name))) rmSync(volumeFolder(paths, name), { recursive: true });
    }
  },
};
