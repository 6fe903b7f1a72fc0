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

const NAMES: readonly (readonly [flag: number, name: string])[] = [
  [CLONE_NEWPID, "CLONE_NEWPID"],
  [CLONE_NEWNS, "CLONE_NEWNS"],
  [CLONE_NEWNET, "CLONE_NEWNET"],
  [CLONE_NEWUTS, "CLONE_NEWUTS"],
  [CLONE_NEWIPC, "CLONE_NEWIPC"],
  [CLONE_NEWCGROUP, "CLONE_NEWCGROUP"],
  [CLONE_NEWUSER, "CLONE_NEWUSER"],
  [CLONE_NEWTIME, "CLONE_NEWTIME"],
];

export const namespaceNames = (flags: number): string[] =>
  NAMES.filter(([flag]) => flags & flag).map(([, name]) => name);

const FILES = new Map<number, string>([
  [CLONE_NEWPID, "pid"],
  [CLONE_NEWNS, "mnt"],
  [CLONE_NEWNET, "net"],
  [CLONE_NEWUTS, "uts"],
  [CLONE_NEWIPC, "ipc"],
  [CLONE_NEWCGROUP, "cgroup"],
  [CLONE_NEWUSER, "user"],
  [CLONE_NEWTIME, "time"],
]);

/** Its name in /proc/PID/ns. */
export const namespaceFile = (type: number): string => FILES.get(type) ?? "";
