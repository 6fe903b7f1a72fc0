/**
 * A Task out of its parts. Most tasks have not changed since the last snapshot: what is read goes into one draft that is used
 * again and again, and only where that differs from the task of before a new object is made. Spelled out field by field, as
 * spreading 40 fields costs more than reading them.
 */
import type { Task } from "../protocol/kernel-snapshot.ts";
import type { Credentials } from "./credentials.ts";
import { sameTies, type TaskTies } from "./task-ties.ts";

type Own = Omit<Task, keyof Credentials | keyof TaskTies>;

export type TaskDraft = { -readonly [Key in keyof Own]: Own[Key] };

const NOWHERE: Task["namespaces"] = {
  pid: null,
  mnt: null,
  net: null,
  uts: null,
  ipc: null,
  user: null,
  cgroup: null,
  time: null,
};

export const emptyDraft = (): TaskDraft => ({
  pid: 0,
  ppid: 0,
  pgrp: null,
  session: null,
  pids: [],
  comm: "",
  state: "R",
  kthread: false,
  startTimeNs: 0,
  execId: 0,
  namespaces: NOWHERE,
  pidForChildren: null,
  cgroup: 0,
  threads: 0,
  utimeNs: 0,
  stimeNs: 0,
  rssBytes: null,
  openFiles: null,
  oomScoreAdj: 0,
  threadList: null,
  seccomp: 0,
  noNewPrivs: false,
  exitCode: null,
  oomVictim: false,
});

export function taskOf(draft: TaskDraft, who: Credentials, ties: TaskTies): Task {
  return {
    pid: draft.pid,
    ppid: draft.ppid,
    pids: draft.pids,
    comm: draft.comm,
    state: draft.state,
    kthread: draft.kthread,
    startTimeNs: draft.startTimeNs,
    execId: draft.execId,
    uid: who.uid,
    euid: who.euid,
    suid: who.suid,
    fsuid: who.fsuid,
    gid: who.gid,
    egid: who.egid,
    sgid: who.sgid,
    fsgid: who.fsgid,
    groups: who.groups,
    capInh: who.capInh,
    capPrm: who.capPrm,
    capEff: who.capEff,
    capBnd: who.capBnd,
    capAmb: who.capAmb,
    pgrp: draft.pgrp,
    session: draft.session,
    tty: ties.tty,
    exe: ties.exe,
    cwd: ties.cwd,
    root: ties.root,
    namespaces: draft.namespaces,
    pidForChildren: draft.pidForChildren,
    cgroup: draft.cgroup,
    threads: draft.threads,
    utimeNs: draft.utimeNs,
    stimeNs: draft.stimeNs,
    rssBytes: draft.rssBytes,
    openFiles: draft.openFiles,
    oomScoreAdj: draft.oomScoreAdj,
    threadList: draft.threadList,
    seccomp: draft.seccomp,
    noNewPrivs: draft.noNewPrivs,
    exitCode: draft.exitCode,
    oomVictim: draft.oomVictim,
  };
}

/** Pids, comm, credentials, threads and namespaces are handed on from `former` when equal, so identity is enough for them. */
export function saysTheSame(former: Task, draft: TaskDraft, who: Credentials, ties: TaskTies): boolean {
  return (
    former.utimeNs === draft.utimeNs &&
    former.stimeNs === draft.stimeNs &&
    former.state === draft.state &&
    former.rssBytes === draft.rssBytes &&
    former.startTimeNs === draft.startTimeNs &&
    former.execId === draft.execId &&
    former.ppid === draft.ppid &&
    former.pgrp === draft.pgrp &&
    former.session === draft.session &&
    former.pids === draft.pids &&
    former.comm === draft.comm &&
    former.kthread === draft.kthread &&
    former.groups === who.groups &&
    former.openFiles === draft.openFiles &&
    former.oomScoreAdj === draft.oomScoreAdj &&
    former.threadList === draft.threadList &&
    sameTies(former, ties) &&
    former.namespaces === draft.namespaces &&
    former.pidForChildren === draft.pidForChildren &&
    former.cgroup === draft.cgroup &&
    former.threads === draft.threads &&
    former.seccomp === draft.seccomp &&
    former.noNewPrivs === draft.noNewPrivs &&
    former.exitCode === draft.exitCode &&
    former.oomVictim === draft.oomVictim
  );
}
