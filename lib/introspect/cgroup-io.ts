/**
 * io.stat and io.max of a group, one record a device (struct blkcg_gq in block/blk-cgroup.h, struct throtl_grp in
 * block/blk-throttle.h). Reading io.stat flushes the per-CPU records (blkcg_rstat_flush); `collect` does so on paper. The root's
 * figures are the disks' own (blkcg_fill_root_iostats).
 *
 * Order: `collect` once a snapshot, with the updated groups, children before parents.
 */
import type { CgroupIo, CgroupIoDevice, CgroupIoMax } from "../protocol/kernel-cgroup.ts";
import type { Limit } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf, symbolOf } from "./fields.ts";
import { type GuestMemory, NO_WORDS, type Words, walkHlist } from "./guest-memory.ts";
import { sameJson } from "./same.ts";
import type { WatchedWords } from "./watched-words.ts";

const MAX_DEVICES = 64;
const MAX_UPDATED = 16_384;
/** rbytes, wbytes, dbytes, rios, wios, dios: the order of enum blkg_iostat_type, bytes before operations. */
const FIGURES = 6;
const SECTOR_BYTES = 512;

/** A css's figures, and what they were read from as long as no flush would add to them. */
interface Known {
  readonly io: CgroupIo;
  readonly groups: readonly number[];
  readonly words: Words;
  readonly watched: Int32Array;
}

export class CgroupIoReader {
  readonly controller: number;
  private readonly fields;
  private readonly policyId: number;
  private readonly words: WatchedWords;
  /** By the offset of the blkcg_gq: what a flush would add. */
  private readonly deltas = new Map<number, Float64Array>();
  private readonly known = new Map<number, Known>();

  constructor(layout: KernelLayout, memory: GuestMemory, words: WatchedWords) {
    this.words = words;
    this.fields = fieldsOf(layout, {
      id: "io_cgrp_id",
      list: "blkcg.blkg_list",
      node: "blkcg_gq.blkcg_node",
      queue: "blkcg_gq.q",
      parent: "blkcg_gq.parent",
      online: "blkcg_gq.online",
      iostatCpu: "blkcg_gq.iostat_cpu",
      iostat: "blkcg_gq.iostat",
      pd: "blkcg_gq.pd",
      cur: "blkg_iostat_set.cur",
      last: "blkg_iostat_set.last",
      ios: "blkg_iostat.ios",
      plid: "blkcg_policy.plid",
      maxPolicies: "BLKCG_MAX_POLS",
      bps: "throtl_grp.bps_conf",
      iops: "throtl_grp.iops_conf",
      limits: "LIMIT_CNT",
      max: "LIMIT_MAX",
      disk: "request_queue.disk",
      diskName: "gendisk.disk_name",
      nameBytes: "DISK_NAME_LEN",
      part0: "gendisk.part0",
      dev: "block_device.bd_dev",
      stats: "block_device.bd_stats",
      sectors: "disk_stats.sectors",
      diskIos: "disk_stats.ios",
      read: "STAT_READ",
      write: "STAT_WRITE",
      discard: "STAT_DISCARD",
    });
    this.controller = this.fields.id;
    this.policyId = memory.offsetOf(symbolOf(layout, "blkcg_policy_throtl")) + this.fields.plid;
  }

  /** `groups`: offsets of the blkcgs below the root that have been updated, children before parents. */
  collect(memory: GuestMemory, groups: readonly number[]): void {
    const { fields, deltas } = this;
    deltas.clear();
    for (const group of groups)
      walkHlist(memory, group + fields.list, MAX_DEVICES, (node) => {
        if (deltas.size < MAX_UPDATED) this.flush(memory, node - fields.node);
        return true;
      });
  }

  /** For a css of the io controller; `isRoot` where it is the root's. */
  read(memory: GuestMemory, css: number, isRoot: boolean): CgroupIo {
    const former = this.known.get(css);
    if (former && memory.holds(former.words) && !former.groups.some((blkg) => this.deltas.has(blkg))) {
      this.words.addAll(memory, former.watched);
      return former.io;
    }
    const { fields } = this;
    const mark = this.words.mark();
    const devices: CgroupIoDevice[] = [];
    const groups: number[] = [];
    memory.record();
    walkHlist(memory, css + fields.list, MAX_DEVICES, (node) => {
      const blkg = node - fields.node;
      groups.push(blkg);
      const device = this.readDevice(memory, blkg, isRoot);
      if (device) devices.push(device);
      return true;
    });
    const words = memory.recorded(former?.words ?? NO_WORDS);
    const io = former && sameJson(former.io.devices, devices) ? former.io : { devices };
    if (this.known.size >= MAX_UPDATED) this.known.clear();
    this.known.set(css, {
      io,
      groups,
      words: groups.some((blkg) => this.deltas.has(blkg)) ? NO_WORDS : words,
      watched: this.words.since(mark),
    });
    return io;
  }

  private flush(memory: GuestMemory, blkg: number): void {
    const { fields, deltas } = this;
    const percpu = memory.pointer(blkg + fields.iostatCpu);
    if (percpu === 0) return;
    const own = deltas.get(blkg) ?? new Float64Array(FIGURES);
    deltas.set(blkg, own);
    const parent = memory.pointer(blkg + fields.parent);
    // To the parent unless that is the root.
    let above: Float64Array | null = null;
    if (parent !== 0 && memory.i32(parent + fields.parent) !== 0) {
      above = deltas.get(parent) ?? new Float64Array(FIGURES);
      deltas.set(parent, above);
    }
    for (let index = 0; index < FIGURES; index++) {
      const at = 8 * index;
      own[index] = (own[index] ?? 0) + memory.u64(percpu + fields.cur + at) - memory.u64(percpu + fields.last + at);
      const total = memory.u64(blkg + fields.iostat + fields.cur + at) + (own[index] ?? 0);
      if (above) above[index] = (above[index] ?? 0) + total - memory.u64(blkg + fields.iostat + fields.last + at);
    }
  }

  private readDevice(memory: GuestMemory, blkg: number, isRoot: boolean): CgroupIoDevice | null {
    const { fields } = this;
    const queue = memory.pointer(blkg + fields.queue);
    const disk = queue === 0 ? 0 : memory.pointer(queue + fields.disk);
    const part = disk === 0 ? 0 : memory.pointer(disk + fields.part0);
    if (part === 0 || memory.u8(blkg + fields.online) === 0) return null;
    const dev = memory.u32(part + fields.dev);
    const delta = this.deltas.get(blkg);
    const figure = (index: number): number =>
      memory.u64(blkg + fields.iostat + fields.cur + 8 * index) + (delta?.[index] ?? 0);
    const figures = isRoot
      ? this.diskFigures(memory, part)
      : Array.from({ length: FIGURES }, (_, index) => figure(index));
    const [rbytes = 0, wbytes = 0, dbytes = 0, rios = 0, wios = 0, dios = 0] = figures;
    return {
      device: `${dev >>> 20}:${dev & 0xfffff}`,
      name: memory.text(disk + fields.diskName, fields.nameBytes),
      ...{ rbytes, wbytes, rios, wios, dbytes, dios },
      max: isRoot ? null : this.maxOf(memory, blkg),
    };
  }

  /** On one CPU a per-CPU pointer is a plain one. */
  private diskFigures(memory: GuestMemory, part: number): number[] {
    const { fields } = this;
    const stats = memory.pointer(part + fields.stats);
    if (stats === 0) return [];
    const kinds = [fields.read, fields.write, fields.discard];
    return [
      ...kinds.map((kind) => memory.u32(stats + fields.sectors + 4 * kind) * SECTOR_BYTES),
      ...kinds.map((kind) => memory.u32(stats + fields.diskIos + 4 * kind)),
    ];
  }

  private maxOf(memory: GuestMemory, blkg: number): CgroupIoMax | null {
    const { fields } = this;
    const policy = memory.u32(this.policyId);
    const group = policy >= fields.maxPolicies ? 0 : memory.pointer(blkg + fields.pd + 4 * policy);
    if (group === 0) return null;
    const bps = (direction: number): Limit => {
      const at = group + fields.bps + 8 * (direction * fields.limits + fields.max);
      this.words.add(memory, at);
      return memory.i32(at) === -1 && memory.i32(at + 4) === -1 ? "max" : memory.u64(at);
    };
    const iops = (direction: number): Limit => {
      const at = group + fields.iops + 4 * (direction * fields.limits + fields.max);
      this.words.add(memory, at);
      return memory.i32(at) === -1 ? "max" : memory.u32(at);
    };
    const max = { rbps: bps(0), wbps: bps(1), riops: iops(0), wiops: iops(1) };
    return Object.values(max).every((limit) => limit === "max") ? null : max;
  }
}
