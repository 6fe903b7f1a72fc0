/** A cgroup with those that a container made below it: everything in them is killed, then they go, innermost first. */
import { readdirSync } from "node:fs";
import { emptyAndRemove } from "../container/delete-steps.ts";
import { type Host, isErrno } from "../container/host.ts";
import { killCgroup } from "./container-cgroup.ts";

function innerGroups(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => `${folder}/${entry.name}`);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
}

export function removeCgroupTree(host: Host, folder: string): void {
  try {
    killCgroup(host, folder);
  } catch (error) {
    if (!isErrno(error, "ENOENT", "ENODEV")) throw error;
  }
  removeInner(host, folder);
}

function removeInner(host: Host, folder: string): void {
  for (const inner of innerGroups(folder)) removeInner(host, inner);
  emptyAndRemove(host, folder);
}
