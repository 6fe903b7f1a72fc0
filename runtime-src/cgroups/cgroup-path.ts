/**
 * A cgroup anywhere below the cgroup2 mount: the groups above it are made where missing and hand the controllers down
 * (cgroup.subtree_control), which the kernel refuses (EBUSY) where processes are in them. Those that were made are told,
 * so that they can go with it.
 */
import { mkdirSync } from "node:fs";
import { type Host, isErrno } from "../container/host.ts";
import { cgroupRoot } from "../container/paths.ts";
import { cgroupPids, openCgroup, tryRemoveCgroup } from "./container-cgroup.ts";
import { handDown } from "./own-cgroup.ts";

export interface MadeCgroup {
  readonly fd: number;
  /** Innermost first, the group itself not among them. */
  readonly made: string[];
}

/** false: it was there. */
function makeGroup(folder: string): boolean {
  try {
    mkdirSync(folder, 0o755);
    return true;
  } catch (error) {
    if (isErrno(error, "EEXIST")) return false;
    throw error;
  }
}

export function makeCgroupPath(host: Host, folder: string): MadeCgroup {
  const root = cgroupRoot(host.paths);
  const parts = folder.slice(root.length + 1).split("/");
  const made: string[] = [];
  let at = root;
  try {
    for (const part of parts.slice(0, -1)) {
      handDown(host, at);
      at = `${at}/${part}`;
      if (makeGroup(at)) made.unshift(at);
    }
    handDown(host, at);
    if (!makeGroup(folder) && cgroupPids(folder).length > 0) {
      throw new Error(`cgroup ${folder}: processes are in it already; a container needs one of its own`);
    }
    return { fd: openCgroup(host, folder), made };
  } catch (error) {
    removeMade(made);
    throw error;
  }
}

/** Those that others do not use. */
export function removeMade(made: readonly string[]): void {
  for (const folder of made) {
    try {
      if (!tryRemoveCgroup(folder)) return;
    } catch (error) {
      if (!isErrno(error, "ENOTEMPTY")) throw error;
      return;
    }
  }
}
