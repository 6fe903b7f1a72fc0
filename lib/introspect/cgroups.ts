/**
 * The cgroup2 tree below cgrp_dfl_root (include/linux/cgroup-defs.h), children in the order of their making, each with
 * the figures of its files. A group being removed (no longer CSS_ONLINE) has left the file system and is left out.
 *
 * Order: `walk` finds the groups, then tasks ask `idOf` and are counted by `countProcess`, then `finish` reads the figures.
 */
import type { Cgroup } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { CgroupCpuReader } from "./cgroup-cpu.ts";
import { CgroupCputimeReader } from "./cgroup-cputime.ts";
import { CgroupDeviceProgramsReader } from "./cgroup-device-programs.ts";
import { CgroupIoReader } from "./cgroup-io.ts";
import { CgroupMemoryReader } from "./cgroup-memory.ts";
import { CgroupMemoryStatReader } from "./cgroup-memory-stat.ts";
import { CgroupPidsReader } from "./cgroup-pids.ts";
import { CgroupPressureReader } from "./cgroup-pressure.ts";
import type { Cputime } from "./cputime.ts";
import { fieldsOf, symbolOf } from "./fields.ts";
import { type GuestMemory, NO_WORDS, type Words, walkList } from "./guest-memory.ts";
import { sameCgroup, sameFlat, sameList } from "./same.ts";
import type { WatchedWords } from "./watched-words.ts";

const MAX_CGROUPS = 16_384;
const MAX_DEPTH = 256;

interface Entry {
  readonly at: number;
  seen: number;
  parent: Entry | null;
  id: number;
  /** Upper half of kernfs_node.id: a generation, as the lower half (the inode number) is used again. */
  generation: number;
  node: number;
  name: string;
  path: string;
  /** What `name` was read from; NO_WORDS for the root, which has none. */
  readonly nameWords: Words;
  procs: number;
  cgroup: Cgroup | null;
  /** What `cgroup` was read from, without its io, pressure and procs. */
  words: Words;
  watched: Int32Array;
  memcg: number;
  pendingTimes: Cputime | null;
  pendingStats: Float64Array | null;
}

/** What is read of the group's own words. */
type OwnPart = Omit<Cgroup, "procs" | "io" | "pressure">;

export class CgroupReader {
  private readonly fields;
  private readonly root: number;
  private readonly cputimes: CgroupCputimeReader;
  private readonly memoryReader: CgroupMemoryReader;
  private readonly cpuReader: CgroupCpuReader;
  private readonly pidsReader: CgroupPidsReader;
  private readonly memoryStats: CgroupMemoryStatReader;
  private readonly ioReader: CgroupIoReader;
  private readonly pressures: CgroupPressureReader;
  private readonly devicePrograms: CgroupDeviceProgramsReader;
  /** In the kernel's order, as cgroup.controllers prints them. */
  private readonly controllerNames: [id: number, name: string][];
  private readonly controllerSets = new Map<number, readonly string[]>();
  private readonly words: WatchedWords;
  private readonly entries = new Map<number, Entry>();
  private preorder: Entry[] = [];
  private cgroups: readonly Cgroup[] = [];
  private last: Entry | null = null;
  private sequence = 0;
  private dropped = 0;

  constructor(layout: KernelLayout, memory: GuestMemory, words: WatchedWords) {
    this.words = words;
    this.fields = fieldsOf(layout, {
      rootCgroup: "cgroup_root.cgrp",
      children: "cgroup.self.children",
      sibling: "cgroup.self.sibling",
      cssFlags: "cgroup.self.flags",
      flags: "cgroup.flags",
      kn: "cgroup.kn",
      subtreeControl: "cgroup.subtree_control",
      subsys: "cgroup.subsys",
      knName: "kernfs_node.name",
      knId: "kernfs_node.id",
      cssOnline: "CSS_ONLINE",
      frozen: "CGRP_FROZEN",
      nameBytes: "NAME_MAX",
      freeze: "cgroup.freezer.freeze",
      psi: "cgroup.psi",
      cpuId: "cpu_cgrp_id",
      ioId: "io_cgrp_id",
      memoryId: "memory_cgrp_id",
      pidsId: "pids_cgrp_id",
    });
    this.root = memory.offsetOf(symbolOf(layout, "cgrp_dfl_root")) + this.fields.rootCgroup;
    this.cputimes = new CgroupCputimeReader(layout, memory, this.root);
    this.memoryStats = new CgroupMemoryStatReader(layout, memory);
    this.memoryReader = new CgroupMemoryReader(layout, this.memoryStats, words);
    this.cpuReader = new CgroupCpuReader(layout, words);
    this.pidsReader = new CgroupPidsReader(layout, words);
    this.ioReader = new CgroupIoReader(layout, memory, words);
    this.pressures = new CgroupPressureReader(layout, memory);
    this.devicePrograms = new CgroupDeviceProgramsReader(layout);
    this.controllerNames = [
      [this.fields.cpuId, "cpu"],
      [this.fields.ioId, "io"],
      [this.fields.memoryId, "memory"],
      [this.fields.pidsId, "pids"],
    ];
    this.controllerNames.sort(([a], [b]) => a - b);
  }

  walk(memory: GuestMemory, sequence: number): void {
    this.sequence = sequence;
    this.dropped = 0;
    this.preorder = [];
    this.last = null;
    this.enter(memory, this.root, null, 0);
  }

  /** The id of the group at `at`, which need not be in the tree any more; null where it is none. */
  idOf(memory: GuestMemory, at: number): number | null {
    if (this.last?.at === at) return this.last.id;
    const entry = this.entries.get(at);
    if (entry?.seen === this.sequence) {
      this.last = entry;
      return entry.id;
    }
    this.last = null;
    const node = at === 0 ? 0 : memory.pointer(at + this.fields.kn);
    return node === 0 ? null : memory.u32(node + this.fields.knId) || null;
  }

  /** One more process in the group that `idOf` was asked for last. */
  countProcess(): void {
    if (this.last) this.last.procs++;
  }

  finish(memory: GuestMemory): { readonly cgroups: readonly Cgroup[]; readonly dropped: number } {
    this.cputimes.collect(memory);
    this.pressures.begin(memory);
    this.memoryStats.collect(memory, this.updatedCss(memory, this.memoryReader.controller));
    this.ioReader.collect(memory, this.updatedCss(memory, this.ioReader.controller));
    this.cgroups = sameList(
      this.cgroups,
      this.preorder.map((entry) => this.read(memory, entry)),
    );
    if (this.entries.size > this.preorder.length + 16)
      for (const [at, entry] of this.entries) if (entry.seen !== this.sequence) this.entries.delete(at);
    return { cgroups: this.cgroups, dropped: this.dropped };
  }

  private enter(memory: GuestMemory, at: number, parent: Entry | null, depth: number): void {
    const { fields } = this;
    if ((memory.u32(at + fields.cssFlags) & fields.cssOnline) === 0) return;
    const entry = this.entryFor(memory, at, parent);
    if (!entry || depth > MAX_DEPTH || this.preorder.length >= MAX_CGROUPS) {
      this.dropped++;
      return;
    }
    this.preorder.push(entry);
    const whole = walkList(memory, at + fields.children, MAX_CGROUPS, (node) => {
      this.enter(memory, node - fields.sibling, entry, depth + 1);
      return true;
    });
    if (!whole) this.dropped++;
  }

  private entryFor(memory: GuestMemory, at: number, parent: Entry | null): Entry | null {
    const { fields } = this;
    const node = memory.pointer(at + fields.kn);
    const id = node === 0 ? 0 : memory.u32(node + fields.knId);
    if (id === 0) return null;
    const generation = memory.u32(node + fields.knId + 4);
    let entry = this.entries.get(at);
    if (entry?.seen === this.sequence) return null;
    const known =
      entry?.id === id &&
      entry.generation === generation &&
      entry.node === node &&
      entry.parent === parent &&
      (!parent || memory.holds(entry.nameWords));
    if (!entry || !known) {
      memory.record();
      const name = parent ? memory.text(memory.bytePointer(node + fields.knName), fields.nameBytes) : "";
      const nameWords = memory.recorded(NO_WORDS);
      if (parent && (name === "" || name.includes("/"))) return null;
      const path = !parent ? "/" : parent.path === "/" ? `/${name}` : `${parent.path}/${name}`;
      const figures = { procs: 0, cgroup: null, memcg: 0, pendingTimes: null, pendingStats: null };
      const nothing = { ...figures, words: NO_WORDS, watched: NO_WORDS };
      entry = { at, seen: 0, parent, id, generation, node, name, path, nameWords, ...nothing };
      this.entries.set(at, entry);
    }
    entry.seen = this.sequence;
    entry.procs = 0;
    return entry;
  }

  private read(memory: GuestMemory, entry: Entry): Cgroup {
    const { at, parent, procs, cgroup: former } = entry;
    const known = this.isKnown(memory, entry) ? former : null;
    if (known) this.words.addAll(memory, entry.watched);
    const own = known ?? this.readAndRemember(memory, entry);
    const { controller } = this.ioReader;
    const ioCss = parent
      ? this.visibleCss(memory, entry, controller)
      : memory.pointer(at + this.fields.subsys + 4 * controller);
    const io = ioCss === 0 ? null : this.ioReader.read(memory, ioCss, !parent);
    const psi = parent ? memory.pointer(at + this.fields.psi) : null;
    const pressure = this.pressures.read(memory, psi, former?.pressure ?? null);
    if (known && known.procs === procs && known.io === io && known.pressure === pressure) return known;
    const now: Cgroup = {
      id: own.id,
      parent: own.parent,
      name: own.name,
      path: own.path,
      procs,
      frozen: own.frozen,
      cputime: own.cputime,
      memory: own.memory,
      cpu: own.cpu,
      pids: own.pids,
      io,
      pressure,
      freeze: own.freeze,
      controllers: own.controllers,
      subtreeControl: own.subtreeControl,
      devicePrograms: own.devicePrograms,
    };
    const cgroup = former && sameCgroup(former, now) ? former : now;
    entry.cgroup = cgroup;
    return cgroup;
  }

  /** Whether neither the group's words have changed nor what waits to be summed up into its figures. */
  private isKnown(memory: GuestMemory, entry: Entry): boolean {
    return (
      this.cputimes.isPending(entry.at, entry.pendingTimes) &&
      this.memoryStats.isPending(entry.memcg, entry.pendingStats) &&
      memory.holds(entry.words)
    );
  }

  private readAndRemember(memory: GuestMemory, entry: Entry): OwnPart {
    const mark = this.words.mark();
    entry.pendingTimes = this.cputimes.pending(entry.at);
    memory.record();
    const own = this.readOwn(memory, entry);
    entry.words = memory.recorded(entry.words);
    entry.pendingStats = this.memoryStats.pending(entry.memcg);
    entry.watched = this.words.since(mark);
    return own;
  }

  private readOwn(memory: GuestMemory, entry: Entry): OwnPart {
    const { fields, memoryReader, cpuReader, pidsReader } = this;
    const { at, cgroup: former } = entry;
    const read = this.cputimes.read(memory, at);
    const cputime = former && sameFlat(former.cputime, read) ? former.cputime : read;
    const memcg = this.visibleCss(memory, entry, memoryReader.controller);
    const cpu = this.visibleCss(memory, entry, cpuReader.controller);
    const pids = this.visibleCss(memory, entry, pidsReader.controller);
    entry.memcg = memcg;
    for (const field of [fields.freeze & ~3, fields.flags, fields.subtreeControl & ~3])
      this.words.add(memory, at + field);
    return {
      id: entry.id,
      parent: entry.parent?.id ?? null,
      name: entry.name,
      path: entry.path,
      frozen: (memory.u32(at + fields.flags) & (1 << fields.frozen)) !== 0,
      cputime,
      memory: memcg === 0 ? null : memoryReader.read(memory, memcg, former?.memory ?? null),
      cpu: cpu === 0 ? null : cpuReader.read(memory, cpu, cputime.usage_usec, former?.cpu ?? null),
      pids: pids === 0 ? null : pidsReader.read(memory, pids, former?.pids ?? null),
      freeze: memory.u8(at + fields.freeze) !== 0,
      controllers: this.namesOf(entry.parent ? memory.u16(entry.parent.at + fields.subtreeControl) : -1),
      subtreeControl: this.namesOf(memory.u16(at + fields.subtreeControl)),
      devicePrograms: this.devicePrograms.read(memory, at, former?.devicePrograms ?? null),
    };
  }

  /** The css of each updated group that has one of its own. */
  private updatedCss(memory: GuestMemory, controller: number): number[] {
    const found: number[] = [];
    for (const at of this.cputimes.updated) {
      const css = memory.pointer(at + this.fields.subsys + 4 * controller);
      if (css !== 0) found.push(css);
    }
    return found;
  }

  /** One list for each mask. */
  private namesOf(mask: number): readonly string[] {
    let names = this.controllerSets.get(mask);
    if (!names) {
      names = this.controllerNames.filter(([id]) => mask & (1 << id)).map(([, name]) => name);
      this.controllerSets.set(mask, names);
    }
    return names;
  }

  /** A controller that works for the group only because another needs it (memory for io) shows no files: css_visible. */
  private visibleCss(memory: GuestMemory, entry: Entry, controller: number): number {
    if (!entry.parent) return 0;
    const control = memory.u16(entry.parent.at + this.fields.subtreeControl);
    return control & (1 << controller) ? memory.pointer(entry.at + this.fields.subsys + 4 * controller) : 0;
  }
}
