/**
 * Named and anonymous volumes: /var/lib/box/volumes/NAME with the files in _data and what docker says of it in
 * volume.json. Without that it is no volume: one whose making (create-volume.ts) or removal was cut short.
 */
import { readdirSync, readFileSync } from "node:fs";
import { isErrno } from "./host.ts";
import type { Paths } from "./paths.ts";

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

export const volumeFile = (paths: Paths, name: string): string => `${volumeFolder(paths, name)}/volume.json`;

/** docker's rule for their names. */
export const isVolumeName = (name: string): boolean => /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name) && name.length <= 255;

export function readVolume(paths: Paths, name: string): Volume | null {
  if (!isVolumeName(name)) return null;
  try {
    return JSON.parse(readFileSync(volumeFile(paths, name), "utf8")) as Volume;
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
