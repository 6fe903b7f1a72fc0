/** The eight kinds of namespaces, by every name that they have. */
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

export interface NamespaceKind {
  readonly flag: number;
  /** clone(2) */
  readonly constant: string;
  /** In /proc/PID/ns. */
  readonly file: string;
  /** The long option that unshare(1) and nsenter(1) share. */
  readonly option: string;
  /** config-linux.md, "Namespaces" */
  readonly type: string;
}

const kind = (flag: number, constant: string, file: string, option = file, type = option): NamespaceKind => ({
  flag,
  constant,
  file,
  option: `--${option}`,
  type,
});

export const NAMESPACE_KINDS: readonly NamespaceKind[] = [
  kind(CLONE_NEWPID, "CLONE_NEWPID", "pid"),
  kind(CLONE_NEWNS, "CLONE_NEWNS", "mnt", "mount"),
  kind(CLONE_NEWNET, "CLONE_NEWNET", "net", "net", "network"),
  kind(CLONE_NEWUTS, "CLONE_NEWUTS", "uts"),
  kind(CLONE_NEWIPC, "CLONE_NEWIPC", "ipc"),
  kind(CLONE_NEWCGROUP, "CLONE_NEWCGROUP", "cgroup"),
  kind(CLONE_NEWUSER, "CLONE_NEWUSER", "user"),
  kind(CLONE_NEWTIME, "CLONE_NEWTIME", "time"),
];

const namesOf = (set: number, name: "constant" | "option"): string[] =>
  NAMESPACE_KINDS.filter(({ flag }) => set & flag).map((found) => found[name]);

export const namespaceNames = (set: number): string[] => namesOf(set, "constant");
export const namespaceOptions = (set: number): string[] => namesOf(set, "option");

/** Its name in /proc/PID/ns. */
export const namespaceFile = (type: number): string => NAMESPACE_KINDS.find(({ flag }) => flag === type)?.file ?? "";
