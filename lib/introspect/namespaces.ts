/**
 * The namespaces that are alive, found from what holds them: the nsproxy of each task (include/linux/nsproxy.h), the PID
 * and user namespaces that tasks live in, their parents and owners, and the kernel's list of all network namespaces.
 * One that only a bind mount or an open file holds is registered by nsfs.ts.
 *
 * Order: begin, then tasks and nsfs register what they hold, then `listNetworks`, then `all`. Within one snapshot each
 * namespace is read once.
 */
import { NAMESPACE_TYPES, type Namespace, type NamespaceType } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf, symbolOf } from "./fields.ts";
import { type GuestMemory, NO_WORDS, type Words, walkList } from "./guest-memory.ts";
import { IdMapReader } from "./id-maps.ts";
import type { IpcReader } from "./ipc.ts";
import type { KeeperCollector } from "./keepers.ts";
import { sameJson, sameList, sameNamespace } from "./same.ts";
import type { WatchedWords } from "./watched-words.ts";

/** Inode numbers of namespaces: the initial ones (include/linux/proc_ns.h) lie just below PROC_DYNAMIC_FIRST. */
const FIRST_INODE = 0xeffffff8;
const MAX_NAMESPACES = 8_192;
/** PID and user namespaces nest at most 32 deep (MAX_PID_NS_LEVEL, create_user_ns); a PID chain ends in a user chain. */
const MAX_DEPTH = 2 * 33;

interface Entry {
  readonly at: number;
  seen: number;
  inode: number;
  now: Omit<Namespace, "keepers"> | null;
  namespace: Namespace | null;
  type: NamespaceType;
  /** Of `type` among the types. */
  rank: number;
  own: OwnPart | null;
  words: Words;
  watched: Int32Array;
}

/** What stands in the namespace itself. */
type OwnPart = Omit<Namespace, "type" | "inode" | "parent" | "owner" | "keepers">;

const NOTHING: OwnPart = {
  hostname: null,
  domainname: null,
  level: null,
  uidMap: null,
  gidMap: null,
  mounts: null,
  timeOffsets: null,
  ipc: null,
};

export class NamespaceReader {
  private readonly structs: Readonly<Record<NamespaceType, { readonly inum: number; readonly userNs: number }>>;
  private readonly fields;
  private readonly idMaps: IdMapReader;
  private readonly netList: number;
  private readonly entries = new Map<number, Entry>();
  private readonly ipc: IpcReader;
  private readonly words: WatchedWords;
  private found: Entry[] = [];
  /** What was found in the last snapshot, without what keeps it alive. */
  private present: readonly Omit<Namespace, "keepers">[] = [];
  private namespaces: readonly Namespace[] = [];
  private sequence = 0;
  private dropped = 0;

  constructor(layout: KernelLayout, memory: GuestMemory, ipc: IpcReader, words: WatchedWords) {
    this.ipc = ipc;
    this.words = words;
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
      domainname: "uts_namespace.name.domainname",
      monotonic: "time_namespace.offsets.monotonic",
      boottime: "time_namespace.offsets.boottime",
      nsec: "timespec64.tv_nsec",
      extents: "uid_gid_map.nr_extents",
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
      const nothing = { now: null, namespace: null, own: null, words: NO_WORDS, watched: NO_WORDS };
      entry = { at, seen: 0, inode: 0, type, rank: 0, ...nothing };
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

  /** The inode of what is at `at`, which is not taken for alive by that; null where there is no namespace to believe in. */
  inodeAt(memory: GuestMemory, type: NamespaceType, at: number): number | null {
    const inode = at === 0 ? 0 : memory.u32(at + this.structs[type].inum);
    return inode < FIRST_INODE ? null : inode;
  }

  /** Registers the network namespaces that nobody else has named; each is on the kernel's list. */
  listNetworks(memory: GuestMemory): void {
    const whole = walkList(memory, this.netList, MAX_NAMESPACES, (node) => {
      this.register(memory, "net", node - this.fields.netNode);
      return true;
    });
    if (!whole) this.dropped++;
    this.found.sort((a, b) => a.rank - b.rank);
  }

  /** Offset and inode of each registered namespace of a type. */
  of(type: NamespaceType): readonly { readonly at: number; readonly inode: number }[] {
    return this.found.filter(({ now }) => now?.type === type);
  }

  /** Those registered, in the order of types and of being found. */
  all(keepers: KeeperCollector): { readonly namespaces: readonly Namespace[]; readonly dropped: number } {
    const present = this.found.flatMap(({ now }) => now ?? []);
    keepers.addNamespaces(present);
    const moved = sameList(this.present, present) !== this.present;
    if (keepers.settle() || moved) this.join(keepers);
    this.present = present;
    if (this.entries.size > this.found.length)
      for (const [at, entry] of this.entries) if (entry.seen !== this.sequence) this.entries.delete(at);
    return { namespaces: this.namespaces, dropped: this.dropped };
  }

  private join(keepers: KeeperCollector): void {
    const namespaces = this.found.flatMap((entry): Namespace[] => {
      const { now, namespace: former } = entry;
      if (!now) return [];
      const kept = keepers.of(now.inode);
      if (!former || former.keepers !== kept || !sameNamespace(former, now))
        entry.namespace = { ...now, keepers: kept };
      return entry.namespace ? [entry.namespace] : [];
    });
    this.namespaces = sameList(this.namespaces, namespaces);
  }

  private read(memory: GuestMemory, type: NamespaceType, at: number, entry: Entry, depth: number): void {
    const { fields } = this;
    const owner = this.register(memory, "user", memory.pointer(at + this.structs[type].userNs), depth);
    const isUser = type === "user";
    if (owner === null && !(isUser && memory.i32(at + fields.userLevel) === 0)) {
      this.dropped++;
      entry.inode = 0;
      return;
    }
    const parent = isUser
      ? owner
      : type === "pid"
        ? this.register(memory, "pid", memory.pointer(at + fields.pidParent), depth)
        : null;
    const own = this.ownOf(memory, type, at, entry);
    if (!own) {
      this.dropped++;
      entry.inode = 0;
      return;
    }
    const { now, inode } = entry;
    const same = now?.type === type && now.inode === inode && now.parent === parent && now.owner === owner;
    if (!same || entry.own !== own) entry.now = { type, inode, parent, owner, ...own };
    entry.own = own;
    this.found.push(entry);
  }

  /** The same object while the words hold that it was read from; null where it is not credible. */
  private ownOf(memory: GuestMemory, type: NamespaceType, at: number, entry: Entry): OwnPart | null {
    if (entry.own && entry.type === type && memory.holds(entry.words)) {
      this.words.addAll(memory, entry.watched);
      return entry.own;
    }
    const mark = this.words.mark();
    const before = this.dropped;
    memory.record();
    const own = this.readOwn(memory, type, at, entry.own);
    const words = memory.recorded(entry.words);
    this.watch(memory, type, at);
    entry.type = type;
    entry.rank = NAMESPACE_TYPES.indexOf(type);
    entry.words = this.dropped === before ? words : NO_WORDS;
    entry.watched = this.words.since(mark);
    return own;
  }

  private readOwn(memory: GuestMemory, type: NamespaceType, at: number, former: OwnPart | null): OwnPart | null {
    const { fields } = this;
    if (type === "net" || type === "cgroup") return NOTHING;
    const isUser = type === "user";
    const uidMap = isUser ? this.idMaps.read(memory, at + fields.uidMap) : null;
    const gidMap = isUser ? this.idMaps.read(memory, at + fields.gidMap) : null;
    if (isUser && !(uidMap && gidMap)) return null;
    return {
      hostname: type === "uts" ? memory.text(at + fields.nodename, fields.nodenameBytes) : null,
      domainname: type === "uts" ? memory.text(at + fields.domainname, fields.nodenameBytes) : null,
      level: isUser ? memory.i32(at + fields.userLevel) : type === "pid" ? memory.i32(at + fields.pidLevel) : null,
      uidMap,
      gidMap,
      mounts: type === "mnt" ? memory.u32(at + fields.mounts) : null,
      timeOffsets: type === "time" ? this.timeOffsets(memory, at, former?.timeOffsets ?? null) : null,
      ipc: type === "ipc" ? this.ipcOf(memory, at, former?.ipc ?? null) : null,
    };
  }

  /** What is written into a namespace without anything being counted. */
  private watch(memory: GuestMemory, type: NamespaceType, at: number): void {
    const { fields, words } = this;
    if (type === "uts") {
      words.addRange(memory, at + fields.nodename, fields.nodenameBytes);
      words.addRange(memory, at + fields.domainname, fields.nodenameBytes);
    } else if (type === "user") {
      words.add(memory, at + fields.uidMap + fields.extents);
      words.add(memory, at + fields.gidMap + fields.extents);
    }
  }

  private timeOffsets(memory: GuestMemory, at: number, former: Namespace["timeOffsets"]): Namespace["timeOffsets"] {
    const ns = (timespec: number): number =>
      (memory.u32(timespec) + memory.i32(timespec + 4) * 2 ** 32) * 1e9 + memory.i32(timespec + this.fields.nsec);
    const now = { monotonicNs: ns(at + this.fields.monotonic), boottimeNs: ns(at + this.fields.boottime) };
    return former && sameJson(former, now) ? former : now;
  }

  private ipcOf(memory: GuestMemory, at: number, former: Namespace["ipc"]): Namespace["ipc"] {
    const now = this.ipc.read(memory, at);
    if (!now) this.dropped++;
    return sameJson(former, now) ? former : now;
  }
}
