/** Snapshots for unit tests of panels: the model's samples, with the inodes that a real guest has. */
import { sampleCgroup, sampleNamespace, sampleSnapshot, sampleTask } from "../../lib/model/sample-snapshot.ts";
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
  const shape = { ppid: 0, comm: "bash", namespaces: HOST, pidForChildren: HOST.pid, rssBytes: 1 << 20 };
  return sampleTask(fields.pid, { ...shape, ...fields });
}

export function namespace(fields: Partial<Namespace> & Pick<Namespace, "type" | "inode">): Namespace {
  return sampleNamespace(fields.type, fields.inode, { owner: HOST.user, ...fields });
}

export function cgroup(fields: Partial<Cgroup> & Pick<Cgroup, "id" | "path">): Cgroup {
  return sampleCgroup(fields.id, fields.path, fields);
}

export function snapshot(fields: Partial<KernelSnapshot>): KernelSnapshot {
  return sampleSnapshot(1, { tasks: [], namespaces: [], totalForks: 0, ...fields });
}
