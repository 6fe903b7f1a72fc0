/**
 * Namespaces that a file holds (fs/nsfs.c): a bind mount of /proc/PID/ns/TYPE or an open descriptor of it has an inode in nsfs,
 * and that inode holds the namespace, whether a process is in it or not.
 */
import type { NamespaceType } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf, symbolOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";
import type { NamespaceReader } from "./namespaces.ts";

/** By the symbol of their struct proc_ns_operations. */
const OPERATIONS: Readonly<Record<string, readonly [type: NamespaceType, struct: string]>> = {
  pidns_operations: ["pid", "pid_namespace"],
  pidns_for_children_operations: ["pid", "pid_namespace"],
  mntns_operations: ["mnt", "mnt_namespace"],
  netns_operations: ["net", "net"],
  utsns_operations: ["uts", "uts_namespace"],
  ipcns_operations: ["ipc", "ipc_namespace"],
  userns_operations: ["user", "user_namespace"],
  cgroupns_operations: ["cgroup", "cgroup_namespace"],
  timens_operations: ["time", "time_namespace"],
  timens_for_children_operations: ["time", "time_namespace"],
};

export class NsfsReader {
  private readonly fields;
  private readonly types = new Map<number, { readonly type: NamespaceType; readonly common: number }>();

  constructor(layout: KernelLayout, memory: GuestMemory) {
    this.fields = fieldsOf(layout, { private: "inode.i_private", ops: "ns_common.ops" });
    for (const [symbol, [type, struct]] of Object.entries(OPERATIONS)) {
      const { common } = fieldsOf(layout, { common: `${struct}.ns` });
      this.types.set(memory.offsetOf(symbolOf(layout, symbol)), { type, common });
    }
  }

  /** Registers the namespace that the nsfs inode at `inode` holds and returns its inode number; null where there is none. */
  register(memory: GuestMemory, inode: number, namespaces: NamespaceReader): number | null {
    const common = inode === 0 ? 0 : memory.pointer(inode + this.fields.private);
    const known = common === 0 ? undefined : this.types.get(memory.pointer(common + this.fields.ops));
    return known ? namespaces.register(memory, known.type, common - known.common) : null;
  }
}
