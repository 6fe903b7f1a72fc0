/** CLONE_NEW* as the long options that unshare(1) and nsenter(1) share. */
import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWTIME,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
} from "../linux/constants.ts";

const OPTIONS: readonly (readonly [flag: number, option: string])[] = [
  [CLONE_NEWUSER, "--user"],
  [CLONE_NEWPID, "--pid"],
  [CLONE_NEWNS, "--mount"],
  [CLONE_NEWUTS, "--uts"],
  [CLONE_NEWIPC, "--ipc"],
  [CLONE_NEWNET, "--net"],
  [CLONE_NEWCGROUP, "--cgroup"],
  [CLONE_NEWTIME, "--time"],
];

export const namespaceFlags = (set: number): string[] =>
  OPTIONS.filter(([flag]) => set & flag).map(([, option]) => option);
