/**
 * The elements of an nftables map: key and data of each, whichever hash the kernel has chosen for it (net/netfilter/nft_set_hash.c:
 * one that grows, or one of fixed size). Maps of intervals are trees and are not read.
 *
 * An element of any kind is a node followed by its nft_set_ext, whose offset is the ops' `elemsize`.
 */
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf, symbolOf } from "./fields.ts";
import { type GuestMemory, walkHlist } from "./guest-memory.ts";

/** Places of an element's key and data. */
export interface MapElement {
  readonly key: number;
  readonly data: number;
}

/** Buckets and elements looked at in one namespace. */
const MAX_VISITS = 8_192;
/** struct rb_node, the largest of the nodes before an extension, has 12. */
const MAX_NODE_BYTES = 64;
const NOTHING: readonly MapElement[] = [];

export class NftMapReader {
  private readonly fields;
  private readonly growing: number;
  private readonly fixed: readonly number[];
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
    });
    const opsOf = (symbol: string): number => memory.offsetOf(symbolOf(layout, symbol)) + this.fields.typeOps;
    this.growing = opsOf("nft_set_rhash_type");
    this.fixed = [opsOf("nft_set_hash_type"), opsOf("nft_set_hash_fast_type")];
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
  elements(memory: GuestMemory, set: number): readonly MapElement[] {
    const { fields } = this;
    const ops = memory.pointer(set + fields.ops);
    const own = set + fields.own;
    const isGrowing = ops === this.growing;
    if (!isGrowing && !this.fixed.includes(ops)) return NOTHING;
    const extension = memory.u32(ops + fields.elementSize);
    if (extension > MAX_NODE_BYTES) return NOTHING;
    return isGrowing ? this.ofGrowing(memory, own, extension) : this.ofFixed(memory, own, extension);
  }

  /** struct rhashtable: chains that end with an odd word (include/linux/rhashtable.h); bit 0 of a bucket is its lock. */
  private ofGrowing(memory: GuestMemory, own: number, extension: number): readonly MapElement[] {
    const { fields } = this;
    const table = memory.pointer(own + fields.table);
    if (table === 0 || memory.u32(table + fields.nest) !== 0) return NOTHING;
    const elements: MapElement[] = [];
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

  private ofFixed(memory: GuestMemory, own: number, extension: number): readonly MapElement[] {
    const { fields } = this;
    const elements: MapElement[] = [];
    const size = memory.u32(own + fields.fixedBuckets);
    for (let index = 0; index < size && this.mayVisit(); index++)
      walkHlist(memory, own + fields.fixedTable + 4 * index, this.visitsLeft, (node) => {
        elements.push(this.elementAt(memory, node + extension));
        return this.mayVisit();
      });
    return elements;
  }

  private mayVisit(): boolean {
    return --this.visitsLeft > 0;
  }

  private elementAt(memory: GuestMemory, extension: number): MapElement {
    const { offsets, keyOffset, dataOffset } = this.fields;
    return {
      key: extension + memory.u8(extension + offsets + keyOffset),
      data: extension + memory.u8(extension + offsets + dataOffset),
    };
  }
}
