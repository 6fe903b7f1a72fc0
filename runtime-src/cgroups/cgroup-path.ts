/**
 * A cgroup anywhere below the cgroup2 mount: the groups above it are made where missing and hand the controllers down
 * (cgroup.subtree_control), which the kernel refuses (EBUSY) where processes are in them. Those that were made are told,
 * so that they can go with it.
 */
import { existsSync, mkdirSync } from "node:fs";
import { type Host, isErrno } from "../container/host.ts";
import { cgroupRoot, type Paths } from "../container/paths.ts";
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

/** The groups above `folder`, innermost first. */
function groupsAbove(paths: Paths, folder: string): string[] {
  const root = cgroupRoot(paths);
  const above: string[] = [];
  for (let at = parentOf(folder); at.length > root.length; at = parentOf(at)) above.push(at);
  return above;
}

const parentOf = (folder: string): string => folder.slice(0, folder.lastIndexOf("/"));

/** What makeCgroupPath would make above `folder`, innermost first: to be noted before it does. */
export const missingAbove = (paths: Paths, folder: string): string[] =>
  groupsAbove(paths, folder).filter((group) => !existsSync(group));

export function makeCgroupPath(host: Host, folder: string): MadeCgroup {
  const made: string[] = [];
  try {
    handDown(host, cgroupRoot(host.paths));
    for (const group of groupsAbove(host.paths, folder).reverse()) {
      if (makeGroup(group)) made.unshift(group);
      handDown(host, group);
    }
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
