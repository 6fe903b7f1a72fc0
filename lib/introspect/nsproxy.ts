/**
 * The namespaces of a task as one record (include/linux/nsproxy.h): six from its nsproxy, the PID namespace from the
 * last of its numbers, the user namespace from its credentials. Tasks that hold the same eight share one record.
 */
import type { Task } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";
import type { NamespaceReader } from "./namespaces.ts";

export type NamespaceSet = Task["namespaces"];

export interface NamespaceProxy {
  readonly mnt: number | null;
  readonly net: number | null;
  readonly uts: number | null;
  readonly ipc: number | null;
  readonly cgroup: number | null;
  readonly time: number | null;
  readonly pidForChildren: number | null;
  readonly timeForChildren: number | null;
  /** The records handed out for it: one for each pair of PID and user namespace. */
  readonly sets: NamespaceSet[];
}

const noProxy = (): NamespaceProxy => ({
  mnt: null,
  net: null,
  uts: null,
  ipc: null,
  cgroup: null,
  time: null,
  pidForChildren: null,
  timeForChildren: null,
  sets: [],
});

export const nsproxyFieldsOf = (layout: KernelLayout) =>
  fieldsOf(layout, {
    uts: "nsproxy.uts_ns",
    ipc: "nsproxy.ipc_ns",
    mnt: "nsproxy.mnt_ns",
    pidForChildren: "nsproxy.pid_ns_for_children",
    net: "nsproxy.net_ns",
    time: "nsproxy.time_ns",
    timeForChildren: "nsproxy.time_ns_for_children",
    cgroup: "nsproxy.cgroup_ns",
  });

export class NsproxyReader {
  private readonly fields;
  private readonly namespaces: NamespaceReader;
  private readonly proxies = new Map<number, NamespaceProxy>();
  private lastAt = -1;
  private none = noProxy();
  private last = this.none;

  constructor(layout: KernelLayout, namespaces: NamespaceReader) {
    this.namespaces = namespaces;
    this.fields = nsproxyFieldsOf(layout);
  }

  begin(): void {
    this.proxies.clear();
    this.lastAt = -1;
    this.none = noProxy();
  }

  /** `at` 0 is a task that has let go of its namespaces (exit_task_namespaces). */
  read(memory: GuestMemory, at: number): NamespaceProxy {
    if (at === this.lastAt) return this.last;
    let proxy = at === 0 ? this.none : this.proxies.get(at);
    if (!proxy) {
      const { fields, namespaces } = this;
      const inode = (type: "mnt" | "net" | "uts" | "ipc" | "cgroup" | "time" | "pid", field: number) =>
        namespaces.register(memory, type, memory.pointer(at + field));
      proxy = {
        mnt: inode("mnt", fields.mnt),
        net: inode("net", fields.net),
        uts: inode("uts", fields.uts),
        ipc: inode("ipc", fields.ipc),
        cgroup: inode("cgroup", fields.cgroup),
        time: inode("time", fields.time),
        pidForChildren: inode("pid", fields.pidForChildren),
        timeForChildren: inode("time", fields.timeForChildren),
        sets: [],
      };
      this.proxies.set(at, proxy);
    }
    this.lastAt = at;
    this.last = proxy;
    return proxy;
  }
}

/** `former` itself when it says the same; within a snapshot one record for all tasks that hold the same eight. */
export function namespaceSet(
  proxy: NamespaceProxy,
  pid: number | null,
  user: number | null,
  former: NamespaceSet | undefined,
): NamespaceSet {
  for (const set of proxy.sets) if (set.pid === pid && set.user === user) return set;
  const { mnt, net, uts, ipc, cgroup, time } = proxy;
  const unchanged =
    former !== undefined &&
    former.pid === pid &&
    former.user === user &&
    former.mnt === mnt &&
    former.net === net &&
    former.uts === uts &&
    former.ipc === ipc &&
    former.cgroup === cgroup &&
    former.time === time;
  const set = unchanged ? former : { pid, mnt, net, uts, ipc, user, cgroup, time };
  proxy.sets.push(set);
  return set;
}
