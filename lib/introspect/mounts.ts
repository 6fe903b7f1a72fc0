/**
 * The mounts of each mount namespace (struct mount in fs/mount.h), in the order of /proc/PID/mountinfo, each with what its line
 * says (show_mountinfo in fs/proc_namespace.c). A mount that lies hidden below another one is there too, as the kernel holds it.
 *
 * A namespace's mounts are remembered with the words that they were read from, names of folders on the way included.
 */
import type { Mount } from "../protocol/kernel-mount.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import type { DentryReader } from "./dentries.ts";
import { fieldsOf } from "./fields.ts";
import { type GuestMemory, NO_WORDS, type Words, walkList } from "./guest-memory.ts";
import { PathReader } from "./paths.ts";
import { sameFlat, sameList } from "./same.ts";
import { SuperOptionsReader } from "./super-options.ts";

const MAX_MOUNTS = 8_192;
/** Looked at in one snapshot, for all mounts that receive from others. */
const MAX_PEERS = 32_768;
const MAX_MASTERS = 64;
const MAX_SOURCE_BYTES = 4_096;
const FSTYPE_BYTES = 64;

export interface MountNamespacePlace {
  readonly at: number;
  readonly inode: number;
}

/** A bind mount of a namespace's file. */
export interface NamespaceMount {
  readonly held: number;
  readonly namespace: number;
  readonly mountPoint: string;
}

interface MountEntry {
  readonly at: number;
  readonly mount: Mount;
  readonly superBlock: number;
  /** 0 where the mount is no namespace's file. */
  readonly nsfsInode: number;
}

/** A namespace's mounts, and the words that they were read from. */
interface MountTable {
  readonly inode: number;
  readonly words: Words;
  readonly entries: readonly MountEntry[];
  readonly namespaceFiles: readonly MountEntry[];
}

export class MountReader {
  readonly options: SuperOptionsReader;
  /** As of the last `read`. */
  namespaceMounts: readonly NamespaceMount[] = [];
  /** Super blocks of the mounts, each once. */
  superBlocks: ReadonlySet<number> = new Set();
  dropped = 0;
  private readonly fields;
  private readonly flagNames: readonly (readonly [flag: number, name: string])[];
  private readonly paths: PathReader;
  private peersLeft = 0;
  private tables: ReadonlyMap<number, MountTable> = new Map();
  private mounts: readonly Mount[] = [];

  constructor(layout: KernelLayout, memory: GuestMemory, dentries: DentryReader) {
    // Its own one: what another reader has put together would be missing among the words.
    this.paths = new PathReader(layout, dentries);
    this.options = new SuperOptionsReader(layout, memory);
    this.fields = fieldsOf(layout, {
      list: "mnt_namespace.list",
      mntList: "mount.mnt_list",
      mnt: "mount.mnt",
      parent: "mount.mnt_parent",
      root: "mount.mnt.mnt_root",
      sb: "mount.mnt.mnt_sb",
      flags: "mount.mnt.mnt_flags",
      devname: "mount.mnt_devname",
      share: "mount.mnt_share",
      master: "mount.mnt_master",
      ns: "mount.mnt_ns",
      id: "mount.mnt_id",
      groupId: "mount.mnt_group_id",
      dev: "super_block.s_dev",
      type: "super_block.s_type",
      subtype: "super_block.s_subtype",
      typeName: "file_system_type.name",
      inode: "dentry.d_inode",
      ino: "inode.i_ino",
      fsdata: "dentry.d_fsdata",
      readOnly: "MNT_READONLY",
      shared: "MNT_SHARED",
      unbindable: "MNT_UNBINDABLE",
      cursor: "MNT_CURSOR",
      nosuid: "MNT_NOSUID",
      nodev: "MNT_NODEV",
      noexec: "MNT_NOEXEC",
      noatime: "MNT_NOATIME",
      nodiratime: "MNT_NODIRATIME",
      relatime: "MNT_RELATIME",
      nosymfollow: "MNT_NOSYMFOLLOW",
    });
    const { nosuid, nodev, noexec, noatime, nodiratime, relatime, nosymfollow } = this.fields;
    this.flagNames = [
      [nosuid, ",nosuid"],
      [nodev, ",nodev"],
      [noexec, ",noexec"],
      [noatime, ",noatime"],
      [nodiratime, ",nodiratime"],
      [relatime, ",relatime"],
      [nosymfollow, ",nosymfollow"],
    ];
  }

  /**
   * `namespaces` tells the mount namespaces known so far: a bind mount of a namespace's file, given to `show`, may make another
   * one known.
   */
  read(
    memory: GuestMemory,
    namespaces: () => readonly MountNamespacePlace[],
    show: (nsfsInode: number) => number | null,
  ): readonly Mount[] {
    this.dropped = 0;
    this.peersLeft = MAX_PEERS;
    const tables = new Map<number, MountTable>();
    const namespaceMounts: NamespaceMount[] = [];
    for (let next = namespaces(); next.length > tables.size; next = namespaces())
      for (const namespace of next) {
        if (tables.has(namespace.at)) continue;
        const table = this.tableOf(memory, namespace);
        tables.set(namespace.at, table);
        for (const { nsfsInode, mount } of table.namespaceFiles) {
          const held = show(nsfsInode);
          if (held !== null) namespaceMounts.push({ held, namespace: namespace.inode, mountPoint: mount.mountPoint });
        }
      }
    this.namespaceMounts = namespaceMounts;
    const former = [...this.tables.values()];
    const same = [...tables.values()].every((table, index) => table === former[index]);
    this.tables = tables;
    if (!same || tables.size !== former.length) this.join(tables.values());
    return this.mounts;
  }

  private join(tables: Iterable<MountTable>): void {
    const places = new Set<number>();
    const superBlocks = new Set<number>();
    const mounts: Mount[] = [];
    for (const { entries } of tables)
      for (const { at, mount, superBlock } of entries) {
        if (places.has(at) || mounts.length >= MAX_MOUNTS) break;
        places.add(at);
        superBlocks.add(superBlock);
        mounts.push(mount);
      }
    this.superBlocks = superBlocks;
    this.mounts = sameList(this.mounts, mounts);
  }

  private tableOf(memory: GuestMemory, namespace: MountNamespacePlace): MountTable {
    const former = this.tables.get(namespace.at);
    if (former?.inode === namespace.inode && memory.holds(former.words)) return former;
    const before = this.dropped;
    memory.record();
    const entries = this.readNamespace(memory, namespace, new Map(former?.entries.map(({ at, mount }) => [at, mount])));
    const words = memory.recorded(NO_WORDS);
    const whole = this.dropped === before && this.peersLeft > 0;
    const namespaceFiles = entries.filter(({ nsfsInode }) => nsfsInode !== 0);
    return { inode: namespace.inode, words: whole ? words : NO_WORDS, entries, namespaceFiles };
  }

  private readNamespace(
    memory: GuestMemory,
    namespace: MountNamespacePlace,
    former: ReadonlyMap<number, Mount>,
  ): readonly MountEntry[] {
    const { fields } = this;
    const entries: MountEntry[] = [];
    this.paths.begin();
    const whole = walkList(memory, namespace.at + fields.list, MAX_MOUNTS, (node) => {
      const at = node - fields.mntList;
      if (memory.i32(at + fields.flags) & fields.cursor) return true;
      const read = this.readAt(memory, at, namespace);
      if (!read) {
        this.dropped++;
        return true;
      }
      const before = former.get(at);
      const mount = before && sameFlat(before, read) ? before : read;
      const isFile = mount.fstype === "nsfs";
      const nsfsInode = isFile ? memory.pointer(memory.pointer(at + fields.root) + fields.inode) : 0;
      entries.push({ at, mount, superBlock: memory.pointer(at + fields.sb), nsfsInode });
      return true;
    });
    if (!whole) this.dropped++;
    return entries;
  }

  private readAt(memory: GuestMemory, at: number, namespace: MountNamespacePlace): Mount | null {
    const { fields } = this;
    const sb = memory.pointer(at + fields.sb);
    const parent = memory.pointer(at + fields.parent);
    const root = memory.pointer(at + fields.root);
    const type = sb === 0 ? 0 : memory.pointer(sb + fields.type);
    const typeName = type === 0 ? 0 : memory.bytePointer(type + fields.typeName);
    const mountPoint = this.paths.mountPath(memory, at);
    if (parent === 0 || root === 0 || typeName === 0 || mountPoint === null) return null;
    const subtype = memory.bytePointer(sb + fields.subtype);
    const fstype = memory.text(typeName, FSTYPE_BYTES);
    const source = memory.bytePointer(at + fields.devname);
    const rootPath = this.rootPath(memory, root, fstype);
    if (rootPath === null) return null;
    const device = memory.u32(sb + fields.dev);
    const flags = memory.i32(at + fields.flags);
    return {
      id: memory.i32(at + fields.id),
      parent: memory.i32(parent + fields.id),
      namespace: namespace.inode,
      device: `${device >>> 20}:${device & 0xfffff}`,
      root: rootPath,
      mountPoint,
      options: this.mountOptions(flags),
      ...this.propagation(memory, at, flags, namespace.at),
      unbindable: (flags & fields.unbindable) !== 0,
      fstype: subtype === 0 ? fstype : `${fstype}.${memory.text(subtype, FSTYPE_BYTES)}`,
      source: source === 0 ? "none" : memory.text(source, MAX_SOURCE_BYTES),
      superOptions: this.options.read(memory, sb),
    };
  }

  /** nsfs names its roots by type and inode; every other file system by path. */
  private rootPath(memory: GuestMemory, root: number, fstype: string): string | null {
    if (fstype !== "nsfs") return this.paths.dentries.pathWithin(memory, root, 0);
    const { fields } = this;
    const operations = memory.pointer(root + fields.fsdata);
    const name = operations === 0 ? 0 : memory.bytePointer(operations);
    const inode = memory.pointer(root + fields.inode);
    // struct proc_ns_operations begins with the name.
    return name === 0 || inode === 0 ? null : `${memory.text(name, FSTYPE_BYTES)}:[${memory.u32(inode + fields.ino)}]`;
  }

  private mountOptions(flags: number): string {
    let options = flags & this.fields.readOnly ? "ro" : "rw";
    for (const [flag, name] of this.flagNames) if (flags & flag) options += name;
    return options;
  }

  private propagation(memory: GuestMemory, at: number, flags: number, namespace: number) {
    const { fields } = this;
    const shared = flags & fields.shared ? memory.i32(at + fields.groupId) : null;
    const first = memory.pointer(at + fields.master);
    if (first === 0) return { shared, master: null, propagateFrom: null };
    const master = memory.i32(first + fields.groupId);
    let dominating: number | null = null;
    for (let above = first, depth = 0; above !== 0 && depth < MAX_MASTERS; depth++) {
      if (this.hasPeerIn(memory, above, namespace)) {
        dominating = memory.i32(above + fields.groupId);
        break;
      }
      above = memory.pointer(above + fields.master);
    }
    return { shared, master, propagateFrom: dominating === master ? null : dominating };
  }

  /** get_peer_under_root in fs/pnode.c, for the namespace's own root. */
  private hasPeerIn(memory: GuestMemory, mount: number, namespace: number): boolean {
    const { fields } = this;
    if (memory.pointer(mount + fields.ns) === namespace) return true;
    let found = false;
    walkList(memory, mount + fields.share, this.peersLeft, (node) => {
      this.peersLeft--;
      found = memory.pointer(node - fields.share + fields.ns) === namespace;
      return !found;
    });
    return found;
  }
}
