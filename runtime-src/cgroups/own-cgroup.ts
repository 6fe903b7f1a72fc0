/**
 * /sys/fs/cgroup/box, the parent of all containers' cgroups: made when first needed, with every controller we use handed
 * down (cgroup.subtree_control), so that a container's own cgroup has its files from the start.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { type Host, isErrno, writeKernelFile } from "../container/host.ts";

const CONTROLLERS = ["cpu", "io", "memory", "pids"] as const;

/** Writes "+cpu +io …" for those of ours that the folder has and does not hand down yet. */
export function handDown(host: Host, folder: string): void {
  const words = (file: string) => readFileSync(`${folder}/${file}`, "utf8").trim().split(" ");
  const available = words("cgroup.controllers");
  const handed = words("cgroup.subtree_control");
  const missing = CONTROLLERS.filter((name) => available.includes(name) && !handed.includes(name));
  if (missing.length > 0) {
    writeKernelFile(host.linux, `${folder}/cgroup.subtree_control`, missing.map((name) => `+${name}`).join(" "));
  }
}

export function prepareOwnCgroup(host: Host): void {
  const { cgroup } = host.paths;
  handDown(host, cgroup.slice(0, cgroup.lastIndexOf("/")));
  try {
    mkdirSync(cgroup, 0o755);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  }
  handDown(host, cgroup);
}
