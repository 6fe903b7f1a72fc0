/** Snapshots for unit tests, as small as a test needs them. */
import type { Cgroup, KernelSnapshot, Namespace, NamespaceType, Task } from "../../lib/protocol/kernel-snapshot.ts";

export const HOST: Readonly<Record<NamespaceType, number>> = {
  pid: 4026531836,
  mnt: 4026531841,
  net: 4026531840,
  uts: 4026531838,
  ipc: 4026531839,
  user: 4026531837,
  cgroup: 4026531835,
  time: 4026531834,
};

export function task(fields: Partial<Task> & { readonly pid: number }): Task {
  return {
    ppid: 0,
    pids: [fields.pid],
    comm: "bash",
    state: "S",
    kthread: false,
    startTimeNs: fields.pid * 1e6,
    execId: 1,
    uid: 0,
    euid: 0,
    gid: 0,
    namespaces: HOST,
    pidForChildren: HOST.pid,
    cgroup: 1,
    threads: 1,
    utimeNs: 0,
    stimeNs: 0,
    rssBytes: 1 << 20,
    seccomp: 0,
    noNewPrivs: false,
    capEff: "000001ffffffffff",
    exitCode: null,
    oomVictim: false,
    ...fields,
  };
}

export function namespace(fields: Partial<Namespace> & Pick<Namespace, "type" | "inode">): Namespace {
  return {
    parent: null,
    owner: HOST.user,
    hostname: null,
    level: null,
    uidMap: null,
    gidMap: null,
    mounts: null,
    ...fields,
  };
}

export function cgroup(fields: Partial<Cgroup> & Pick<Cgroup, "id" | "path">): Cgroup {
  return {
    parent: fields.path === "/" ? null : 1,
    name: fields.path.split("/").at(-1) ?? "",
    procs: 0,
    frozen: false,
    cputime: { usage_usec: 0, user_usec: 0, system_usec: 0 },
    memory: null,
    cpu: null,
    pids: null,
    ...fields,
  };
}

export function snapshot(fields: Partial<KernelSnapshot>): KernelSnapshot {
  return {
    sequence: 1,
    guestTimeNs: 1e9,
    tasks: [],
    namespaces: [],
    cgroups: [cgroup({ id: 1, path: "/" })],
    totalForks: 0,
    dropped: 0,
    ...fields,
  };
}
