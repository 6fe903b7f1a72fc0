import { expect, test } from "vitest";
import type { KernelLayout } from "../protocol/layout.ts";
import { GuestMemory } from "./guest-memory.ts";
import { NftMapReader } from "./nft-maps.ts";

const LOWMEM = 0xc0000000;
const RHASH = 0x100;
const HASH = 0x140;
const FAST = 0x180;
const SET = 0x200;
const TABLE = 0x400;
const NULLS = 0x7fffffff;

const layout = {
  offsets: {
    ...{ "nft_set.ops": 0, "nft_set.klen": 4, "nft_set.dlen": 5, "nft_set.data": 8, "nft_set_type.ops": 0 },
    ...{ "nft_set_ops.elemsize": 8, "rhashtable.tbl": 0, "bucket_table.size": 0, "bucket_table.nest": 4 },
    ...{ "bucket_table.buckets": 8, "nft_hash.buckets": 4, "nft_hash.table": 8, "nft_set_ext.offset": 1 },
    ...{ NFT_SET_EXT_KEY: 0, NFT_SET_EXT_DATA: 2 },
  },
  symbols: {
    nft_set_rhash_type: LOWMEM + RHASH,
    nft_set_hash_type: LOWMEM + HASH,
    nft_set_hash_fast_type: LOWMEM + FAST,
  },
} as unknown as KernelLayout;

function memoryWith(words: Readonly<Record<number, number>>) {
  const ram = new Uint8Array(0x1000);
  const view = new DataView(ram.buffer);
  for (const [at, value] of Object.entries(words)) view.setUint32(Number(at), value, true);
  const memory = new GuestMemory();
  memory.attach(ram);
  const reader = new NftMapReader(layout, memory);
  reader.begin();
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

test("a ring ends, and a tree is not read", () => {
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
