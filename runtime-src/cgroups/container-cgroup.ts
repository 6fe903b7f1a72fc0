/** The cgroup of one container: made, limited, frozen, emptied, removed (cgroup v2, cgroups(7)). */
import { existsSync, mkdirSync, readFileSync, rmdirSync } from "node:fs";
import { type Host, isErrno, writeKernelFile } from "../container/host.ts";
import { O_CLOEXEC, O_DIRECTORY, O_RDONLY } from "../linux/constants.ts";
import { prepareOwnCgroup } from "./own-cgroup.ts";
import { cgroupWrites, type Resources } from "./resources.ts";

/** "1" or "0", and the end of the line. */
const FROZEN_BYTES = 2;

/** A descriptor of the new group, for CLONE_INTO_CGROUP. */
export function createCgroup(host: Host, folder: string): number {
  try {
    mkdirSync(folder, 0o755);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
    prepareOwnCgroup(host);
    mkdirSync(folder, 0o755);
  }
  try {
    return openCgroup(host, folder);
  } catch (error) {
    rmdirSync(folder);
    throw error;
  }
}

export const openCgroup = (host: Host, folder: string): number =>
  host.linux.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

export function applyResources(host: Host, folder: string, resources: Resources): void {
  for (const { file, value, optional } of cgroupWrites(resources)) {
    const path = `${folder}/${file}`;
    if (optional && !existsSync(path)) continue;
    writeKernelFile(host.linux, path, value);
  }
}

/** SIGKILL to everything in it, children included, at once. */
export const killCgroup = (host: Host, folder: string): void =>
  writeKernelFile(host.linux, `${folder}/cgroup.kill`, "1");

export const freezeCgroup = (host: Host, folder: string, frozen: boolean): void =>
  writeKernelFile(host.linux, `${folder}/cgroup.freeze`, frozen ? "1" : "0");

function readFileOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENODEV")) return otherwise;
    throw error;
  }
}

export const isFrozen = ({ linux }: Pick<Host, "linux">, folder: string): boolean =>
  linux.readLine(`${folder}/cgroup.freeze`, FROZEN_BYTES) === "1";

/** A number of a flat keyed file (memory.events oom_kill), null where file or key is not there. */
export function flatKey(folder: string, file: string, key: string): number | null {
  for (const line of readFileOr(`${folder}/${file}`, "").split("\n")) {
    if (line.startsWith(`${key} `)) return Number(line.slice(key.length + 1));
  }
  return null;
}

export const cgroupPids = (folder: string): number[] =>
  readFileOr(`${folder}/cgroup.procs`, "").split("\n").filter(Boolean).map(Number);

/** false while something is still in it. */
export function tryRemoveCgroup(folder: string): boolean {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (isErrno(error, "EBUSY")) return false;
    if (!isErrno(error, "ENOENT")) throw error;
  }
  return true;
}
