import { expect, test } from "vitest";
import type { KernelLayout } from "../protocol/layout.ts";
import { GuestMemory } from "./guest-memory.ts";
import { NftSetReader } from "./nft-sets.ts";

const LOWMEM = 0xc0000000;
const RHASH = 0x100;
const HASH = 0x140;
const FAST = 0x180;
const BITMAP = 0x1c0;
const TREE = 0x1e0;
const SET = 0x200;
const TABLE = 0x400;
const NULLS = 0x7fffffff;

const layout = {
  offsets: {
    ...{ "nft_set.ops": 0, "nft_set.klen": 4, "nft_set.dlen": 5, "nft_set.data": 8, "nft_set_type.ops": 0 },
    ...{ "nft_set_ops.elemsize": 8, "rhashtable.tbl": 0, "bucket_table.size": 0, "bucket_table.nest": 4 },
    ...{ "bucket_table.buckets": 8, "nft_hash.buckets": 4, "nft_hash.table": 8, "nft_set_ext.offset": 1 },
    ...{ NFT_SET_EXT_KEY: 0, NFT_SET_EXT_DATA: 2, NFT_SET_EXT_FLAGS: 1, NFT_SET_ELEM_INTERVAL_END: 1 },
    ...{ "nft_bitmap.list": 0, "nft_rbtree.root.rb_node": 0, "rb_node.rb_left": 8, "rb_node.rb_right": 4 },
  },
  symbols: {
    nft_set_rhash_type: LOWMEM + RHASH,
    nft_set_hash_type: LOWMEM + HASH,
    nft_set_hash_fast_type: LOWMEM + FAST,
    nft_set_bitmap_type: LOWMEM + BITMAP,
    nft_set_rbtree_type: LOWMEM + TREE,
  },
} as unknown as KernelLayout;

function readerOf(words: Readonly<Record<number, number>>) {
  const ram = new Uint8Array(0x1000);
  const view = new DataView(ram.buffer);
  for (const [at, value] of Object.entries(words)) view.setUint32(Number(at), value, true);
  const memory = new GuestMemory();
  memory.attach(ram);
  const reader = new NftSetReader(layout, memory);
  reader.begin();
  return { memory, reader };
}

function memoryWith(words: Readonly<Record<number, number>>) {
  const { memory, reader } = readerOf(words);
  return reader.elements(memory, SET).map(({ key, data }) => [key, data]);
}

const pointer = (at: number): number => LOWMEM + at;
/** Of an element at `at` whose node is one word: the extension's offsets are 8 for the key, 16 for the data. */
const extension = (at: number) => ({ [at + 4]: 0x10_00_08_00, [at + 8]: 0x10 });

test("a hash that grows: chains end with an odd word, a locked bucket has its bit set", () => {
  const elements = memoryWith({
    ...{ [RHASH + 8]: 4, [SET]: pointer(RHASH), [SET + 8]: pointer(TABLE), [TABLE]: 4 },
    ...{ [TABLE + 8]: pointer(0x800) | 1, [TABLE + 12]: 0, [TABLE + 16]: 1, [TABLE + 20]: pointer(0xa00) },
    ...{ 2048: pointer(0x900), ...extension(0x800), 2304: NULLS, ...extension(0x900) },
    ...{ 2560: NULLS, ...extension(0xa00) },
  });
  expect(elements.map(([key]) => key)).toEqual([0x80c, 0x90c, 0xa0c]);
  expect(elements[0]).toEqual([0x80c, 0x814]);
});

test("a hash of fixed size", () => {
  const words = { [HASH + 8]: 4, [SET]: pointer(HASH), [SET + 12]: 2, [SET + 20]: pointer(0x800), ...extension(0x800) };
  expect(memoryWith(words)).toEqual([[0x80c, 0x814]]);
});

/** A tree's element at `at`: three words of node, then the extension with flags at 12, key at 8, data at 16 from it. */
const branch = (at: number, port: number, isEnd: boolean, left = 0, right = 0) => ({
  ...{ [at]: 0, [at + 4]: right && pointer(right), [at + 8]: left && pointer(left) },
  ...{ [at + 12]: 0x10_0c_08_00, [at + 20]: ((port & 0xff) << 8) | (port >> 8), [at + 24]: Number(isEnd) },
});

function portsOf(words: Readonly<Record<number, number>>) {
  const { memory, reader } = readerOf(words);
  return reader.elements(memory, SET).map((element) => reader.portsOf(memory, element, 0));
}

test("a tree of intervals: an end is the first key behind, the last one may have none", () => {
  const tree = {
    ...{ [TREE + 8]: 12, [SET]: pointer(TREE), [SET + 4]: 2, [SET + 8]: pointer(0x800) },
    ...branch(0x800, 8_000, false, 0x900, 0xa00),
    ...branch(0x900, 8_011, true, 0xb00, 0),
    ...branch(0xa00, 443, true, 0, 0xc00),
    ...branch(0xb00, 60_000, false),
    ...branch(0xc00, 442, false),
  };
  expect(portsOf(tree)).toEqual([
    { first: 442, last: 442 },
    { first: 8_000, last: 8_010 },
    { first: 60_000, last: 65_535 },
  ]);
  expect(portsOf({ ...tree, ...branch(0xa00, 443, true, 0, 0x800) }).length).toBeLessThan(10_000);
});

test("a bitmap's elements are on its list", () => {
  const list = SET + 8;
  const words = { [BITMAP + 8]: 8, [SET]: pointer(BITMAP), [SET + 4]: 2, [list]: pointer(0x800) };
  const element = { 2048: pointer(list), 2056: 0x10_00_08_00, 2064: 0x5000 };
  expect(portsOf({ ...words, ...element })).toEqual([{ first: 80, last: 80 }]);
});

test("a ring ends, and a set of another kind is not read", () => {
  const ring = {
    [RHASH + 8]: 4,
    [SET]: pointer(RHASH),
    [SET + 8]: pointer(TABLE),
    [TABLE]: 1,
    [TABLE + 8]: pointer(0x800),
  };
  expect(memoryWith({ ...ring, 2048: pointer(0x800) }).length).toBeLessThan(10_000);
  expect(memoryWith({ [SET]: pointer(0x300) })).toEqual([]);
});
