/**
 * What one place in memory held last: the task, the words that its own part was read from (task-own.ts), and where that part
 * leads to, which is looked up anew in each snapshot.
 */
import type { Task } from "../protocol/kernel-snapshot.ts";
import type { CredentialsEntry } from "./credentials.ts";
import { NO_WORDS, type Words } from "./guest-memory.ts";

export interface TaskEntry {
  seen: number;
  task: Task | null;
  words: Words;
  credentials: CredentialsEntry | null;
  comm0: number;
  comm1: number;
  comm2: number;
  comm3: number;
  nsproxy: number;
  cssSet: number;
  cred: number;
  /** struct cgroup, pid_namespace, user_namespace and tty_struct. */
  cgroup: number;
  pidNs: number;
  userNs: number;
  tty: number;
  /** vfsmount and dentry of each path. */
  exeMnt: number;
  exeDentry: number;
  cwdMnt: number;
  cwdDentry: number;
  rootMnt: number;
  rootDentry: number;
  /** Counts as a process of its cgroup: it is not wholly dead. */
  counted: boolean;
  /** Open descriptors as triples: number, inode, super block. */
  files: number[];
}

export const emptyEntry = (): TaskEntry => ({
  seen: 0,
  task: null,
  words: NO_WORDS,
  credentials: null,
  comm0: 0,
  comm1: 0,
  comm2: 0,
  comm3: 0,
  nsproxy: 0,
  cssSet: 0,
  cred: 0,
  cgroup: 0,
  pidNs: 0,
  userNs: 0,
  tty: 0,
  exeMnt: 0,
  exeDentry: 0,
  cwdMnt: 0,
  cwdDentry: 0,
  rootMnt: 0,
  rootDentry: 0,
  counted: false,
  files: [],
});
