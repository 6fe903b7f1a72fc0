/**
 * The namespaces that are alive, found from what holds them: the nsproxy of each task (include/linux/nsproxy.h), the PID
 * and user namespaces that tasks live in, their parents and owners, and the kernel's list of all network namespaces.
 * One that is held only by a bind mount or an open file is found for net, not yet for the other types.
 *
 * Order: begin, then tasks register what they hold, then `all`. Within one snapshot each namespace is read once.
 */
import { NAMESPACE_TYPES, type Namespace, type NamespaceType } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf, symbolOf } from "./fields.ts";
import { type GuestMemory, walkList } from "./guest-memory.ts";
import { IdMapReader } from "./id-maps.ts";
import { sameNamespace } from "./same.ts";
import { UNREAD_NAMESPACE } from "./unread.ts";

/** Inode numbers of namespaces: the initial ones (include/linux/proc_ns.h) lie just below PROC_DYNAMIC_FIRST. */
const FIRST_INODE = 0xeffffff8;
const MAX_NAMESPACES = 8_192;
/** PID and user namespaces nest at most 32 deep (MAX_PID_NS_LEVEL, create_user_ns); a PID chain ends in a user chain. */
const MAX_DEPTH = 2 * 33;

interface Entry {
  seen: number;
  inode: number;
  namespace: Namespace | null;
}

export class NamespaceReader {
  private readonly structs: Readonly<Record<NamespaceType, { readonly inum: number; readonly userNs: number }>>;
  private readonly fields;
  private readonly idMaps: IdMapReader;
  private readonly netList: number;
  private readonly entries = new Map<number, Entry>();
  private found: Namespace[] = [];
  private sequence = 0;
  private dropped = 0;

  constructor(layout: KernelLayout, memory: GuestMemory) {
    const structure = (name: string, userNs = "user_ns") =>
      fieldsOf(layout, { inum: `${name}.ns.inum`, userNs: `${name}.${userNs}` });
    this.structs = {
      pid: structure("pid_namespace"),
      mnt: structure("mnt_namespace"),
      net: structure("net"),
      uts: structure("uts_namespace"),
      ipc: structure("ipc_namespace"),
      user: structure("user_namespace", "parent"),
      cgroup: structure("cgroup_namespace"),
      time: structure("time_namespace"),
    };
    this.fields = fieldsOf(layout, {
      pidParent: "pid_namespace.parent",
      pidLevel: "pid_namespace.level",
      userLevel: "user_namespace.level",
      uidMap: "user_namespace.uid_map",
      gidMap: "user_namespace.gid_map",
      mounts: "mnt_namespace.mounts",
      nodename: "uts_namespace.name.nodename",
      nodenameBytes: "__NEW_UTS_LEN",
      netNode: "net.list",
    });
    this.idMaps = new IdMapReader(layout);
    this.netList = memory.offsetOf(symbolOf(layout, "net_namespace_list"));
  }

  begin(sequence: number): void {
    this.sequence = sequence;
    this.dropped = 0;
    this.found = [];
    if (this.entries.size > MAX_NAMESPACES) this.entries.clear();
  }

  /** The inode of the namespace at `at`, which is now known to be alive; null where there is none to believe in. */
  register(memory: GuestMemory, type: NamespaceType, at: number, depth = 0): number | null {
    if (at === 0) return null;
    let entry = this.entries.get(at);
    if (entry?.seen === this.sequence) return entry.inode || null;
    if (!entry) {
      entry = { seen: 0, inode: 0, namespace: null };
      this.entries.set(at, entry);
    }
    // Before its parents are read: a ring of parents ends here.
    entry.seen = this.sequence;
    entry.inode = 0;
    const inode = memory.u32(at + this.structs[type].inum);
    if (inode < FIRST_INODE || depth > MAX_DEPTH || this.found.length >= MAX_NAMESPACES) {
      this.dropped++;
      return null;
    }
    entry.inode = inode;
    this.read(memory, type, at, entry, depth + 1);
    return inode;
  }

  /** Those registered and the rest of the network namespaces, in the order of types and of being found. */
  all(memory: GuestMemory): { readonly namespaces: readonly Namespace[]; readonly dropped: number } {
    const whole = walkList(memory, this.netList, MAX_NAMESPACES, (node) => {
      this.register(memory, "net", node - this.fields.netNode);
      return true;
    });
    if (!whole) this.dropped++;
    for (const [at, entry] of this.entries) if (entry.seen !== this.sequence) this.entries.delete(at);
    const order = (namespace: Namespace): number => NAMESPACE_TYPES.indexOf(namespace.type);
    return { namespaces: this.found.sort((a, b) => order(a) - order(b)), dropped: this.dropped };
  }

  private read(memory: GuestMemory, type: NamespaceType, at: number, entry: Entry, depth: number): void {
    const { fields } = this;
    const owner = this.register(memory, "user", memory.pointer(at + this.structs[type].userNs), depth);
    const isUser = type === "user";
    const uidMap = isUser ? this.idMaps.read(memory, at + fields.uidMap) : null;
    const gidMap = isUser ? this.idMaps.read(memory, at + fields.gidMap) : null;
    if ((owner === null && !(isUser && memory.i32(at + fields.userLevel) === 0)) || (isUser && !(uidMap && gidMap))) {
      this.dropped++;
      entry.inode = 0;
      return;
    }
    const namespace: Namespace = {
      ...UNREAD_NAMESPACE,
      type,
      inode: entry.inode,
      parent: isUser
        ? owner
        : type === "pid"
          ? this.register(memory, "pid", memory.pointer(at + fields.pidParent), depth)
          : null,
      owner,
      hostname: type === "uts" ? memory.text(at + fields.nodename, fields.nodenameBytes) : null,
      level: isUser ? memory.i32(at + fields.userLevel) : type === "pid" ? memory.i32(at + fields.pidLevel) : null,
      uidMap,
      gidMap,
      mounts: type === "mnt" ? memory.u32(at + fields.mounts) : null,
    };
    const kept = entry.namespace && sameNamespace(entry.namespace, namespace) ? entry.namespace : namespace;
    entry.namespace = kept;
    this.found.push(kept);
  }
}
