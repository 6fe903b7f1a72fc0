/**
 * The elements of an nftables set or map: key and data of each, in whichever way the kernel has chosen to keep it: a hash that grows or
 * one of fixed size (net/netfilter/nft_set_hash.c), a bitmap, whose elements are on a list too (nft_set_bitmap.c), a tree of intervals
 * (nft-intervals.ts). Intervals of several fields (nft_set_pipapo.c) are not read.
 *
 * An element of any kind is a node followed by its nft_set_ext, whose offset is the ops' `elemsize`.
 */
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf, symbolOf } from "./fields.ts";
import { type GuestMemory, walkHlist, walkList } from "./guest-memory.ts";
import { portOf } from "./ipv4.ts";
import { type IntervalElement, intervals, type SetElement } from "./nft-intervals.ts";
import { HIGHEST_PORT, type PortRange } from "./nft-ports.ts";

/** Buckets and elements looked at in one namespace. */
const MAX_VISITS = 8_192;
/** struct rb_node, the largest of the nodes before an extension, has 12. */
const MAX_NODE_BYTES = 64;
/** A tree of as many elements as are visited is no deeper. */
const MAX_DEPTH = 32;
const NOTHING: readonly SetElement[] = [];

export class NftSetReader {
  private readonly fields;
  private readonly growing: number;
  private readonly fixed: readonly number[];
  private readonly bitmap: number;
  private readonly tree: number;
  private visitsLeft = 0;

  constructor(layout: KernelLayout, memory: GuestMemory) {
    this.fields = fieldsOf(layout, {
      ops: "nft_set.ops",
      keyLength: "nft_set.klen",
      dataLength: "nft_set.dlen",
      own: "nft_set.data",
      typeOps: "nft_set_type.ops",
      elementSize: "nft_set_ops.elemsize",
      table: "rhashtable.tbl",
      size: "bucket_table.size",
      nest: "bucket_table.nest",
      buckets: "bucket_table.buckets",
      fixedBuckets: "nft_hash.buckets",
      fixedTable: "nft_hash.table",
      offsets: "nft_set_ext.offset",
      keyOffset: "NFT_SET_EXT_KEY",
      dataOffset: "NFT_SET_EXT_DATA",
      flagsOffset: "NFT_SET_EXT_FLAGS",
      intervalEnd: "NFT_SET_ELEM_INTERVAL_END",
      bitmapList: "nft_bitmap.list",
      treeRoot: "nft_rbtree.root.rb_node",
      left: "rb_node.rb_left",
      right: "rb_node.rb_right",
    });
    const opsOf = (symbol: string): number => memory.offsetOf(symbolOf(layout, symbol)) + this.fields.typeOps;
    this.growing = opsOf("nft_set_rhash_type");
    this.fixed = [opsOf("nft_set_hash_type"), opsOf("nft_set_hash_fast_type")];
    this.bitmap = opsOf("nft_set_bitmap_type");
    this.tree = opsOf("nft_set_rbtree_type");
  }

  /** Before the sets of a namespace are read. */
  begin(): void {
    this.visitsLeft = MAX_VISITS;
  }

  keyBytes(memory: GuestMemory, set: number): number {
    return memory.u8(set + this.fields.keyLength);
  }

  dataBytes(memory: GuestMemory, set: number): number {
    return memory.u8(set + this.fields.dataLength);
  }

  /** In no order. */
  elements(memory: GuestMemory, set: number): readonly SetElement[] {
    const { fields } = this;
    const ops = memory.pointer(set + fields.ops);
    const own = set + fields.own;
    const extension = ops === 0 ? 0 : memory.u32(ops + fields.elementSize);
    if (extension > MAX_NODE_BYTES) return NOTHING;
    if (ops === this.growing) return this.ofGrowing(memory, own, extension);
    if (ops === this.bitmap) return this.ofBitmap(memory, own, extension);
    if (ops === this.tree) return intervals(memory, this.ofTree(memory, own, extension), this.keyBytes(memory, set));
    return this.fixed.includes(ops) ? this.ofFixed(memory, own, extension) : NOTHING;
  }

  /** The ports that an element's key stands for, which begin at `offset` in it. */
  portsOf(memory: GuestMemory, { key, end }: SetElement, offset: number): PortRange {
    const first = portOf(memory.u16(key + offset));
    return { first, last: end === null ? first : Math.min(HIGHEST_PORT, end - 1) };
  }

  /** struct rhashtable: chains that end with an odd word (include/linux/rhashtable.h); bit 0 of a bucket is its lock. */
  private ofGrowing(memory: GuestMemory, own: number, extension: number): readonly SetElement[] {
    const { fields } = this;
    const table = memory.pointer(own + fields.table);
    if (table === 0 || memory.u32(table + fields.nest) !== 0) return NOTHING;
    const elements: SetElement[] = [];
    const size = memory.u32(table + fields.size);
    for (let index = 0; index < size && this.mayVisit(); index++) {
      const bucket = table + fields.buckets + 4 * index;
      let node = memory.untaggedPointer(bucket, memory.i32(bucket) & 1);
      while (node !== 0 && this.mayVisit()) {
        elements.push(this.elementAt(memory, node + extension));
        node = memory.pointer(node);
      }
    }
    return elements;
  }

  private ofFixed(memory: GuestMemory, own: number, extension: number): readonly SetElement[] {
    const { fields } = this;
    const elements: SetElement[] = [];
    const size = memory.u32(own + fields.fixedBuckets);
    for (let index = 0; index < size && this.mayVisit(); index++)
      walkHlist(memory, own + fields.fixedTable + 4 * index, this.visitsLeft, (node) => {
        elements.push(this.elementAt(memory, node + extension));
        return this.mayVisit();
      });
    return elements;
  }

  private ofBitmap(memory: GuestMemory, own: number, extension: number): readonly SetElement[] {
    const elements: SetElement[] = [];
    walkList(memory, own + this.fields.bitmapList, this.visitsLeft, (node) => {
      elements.push(this.elementAt(memory, node + extension));
      return this.mayVisit();
    });
    return elements;
  }

  private ofTree(memory: GuestMemory, own: number, extension: number): readonly IntervalElement[] {
    const { offsets, flagsOffset, intervalEnd, left, right, treeRoot } = this.fields;
    const elements: IntervalElement[] = [];
    const enter = (node: number, depth: number): void => {
      if (node === 0 || depth > MAX_DEPTH || !this.mayVisit()) return;
      const at = node + extension;
      const flags = memory.u8(at + offsets + flagsOffset);
      const isEnd = flags !== 0 && (memory.u8(at + flags) & intervalEnd) !== 0;
      elements.push({ ...this.elementAt(memory, at), isEnd });
      enter(memory.pointer(node + left), depth + 1);
      enter(memory.pointer(node + right), depth + 1);
    };
    enter(memory.pointer(own + treeRoot), 0);
    return elements;
  }

  private mayVisit(): boolean {
    return --this.visitsLeft > 0;
  }

  private elementAt(memory: GuestMemory, extension: number): SetElement {
    const { offsets, keyOffset, dataOffset } = this.fields;
    return {
      key: extension + memory.u8(extension + offsets + keyOffset),
      data: extension + memory.u8(extension + offsets + dataOffset),
      end: null,
    };
  }
}
