/** Subjects of a snapshot that no reader exists for yet: nothing, never 0. */
import type { KernelSnapshot, Namespace, Task } from "../protocol/kernel-snapshot.ts";

export const UNREAD_TASK = {
  capInh: "",
  capPrm: "",
  capBnd: "",
  capAmb: "",
  suid: 0,
  fsuid: 0,
  egid: 0,
  sgid: 0,
  fsgid: 0,
  groups: [],
  pgrp: null,
  session: null,
  tty: null,
  openFiles: null,
  oomScoreAdj: 0,
  threadList: null,
  exe: null,
  cwd: null,
  root: null,
} satisfies Partial<Task>;

export const UNREAD_NAMESPACE = {
  domainname: null,
  timeOffsets: null,
  ipc: null,
  keepers: { processes: 0, threads: [], forChildren: [], mounts: [], fds: [], children: [], owned: [] },
} satisfies Partial<Namespace>;

export const UNREAD_SNAPSHOT = {
  mounts: [],
  overlays: [],
  netDevices: [],
  sockets: [],
  routes: [],
  nftChains: [],
} satisfies Partial<KernelSnapshot>;
