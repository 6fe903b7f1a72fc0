/** Inodes that the kernel has in memory, by super block and number: inode_hashtable, as find_inode_fast (fs/inode.c) searches it. */
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf, symbolOf } from "./fields.ts";
import { type GuestMemory, walkHlist } from "./guest-memory.ts";

const MAX_CHAIN = 1_024;
/** Of 256 MiB the kernel makes 16,384. */
const MAX_CHAINS_MASK = 0xfffff;
/** GOLDEN_RATIO_PRIME of include/linux/hash.h. */
const GOLDEN_RATIO = 0x61c88647;

export class InodeCache {
  private readonly fields;
  private readonly table: number;
  private readonly mask: number;
  private readonly shift: number;

  constructor(layout: KernelLayout, memory: GuestMemory) {
    const at = (symbol: string): number => memory.offsetOf(symbolOf(layout, symbol));
    this.table = at("inode_hashtable");
    this.mask = at("i_hash_mask");
    this.shift = at("i_hash_shift");
    this.fields = fieldsOf(layout, {
      hash: "inode.i_hash",
      superBlock: "inode.i_sb",
      ino: "inode.i_ino",
      state: "inode.i_state",
      isNew: "I_NEW",
      cacheLine: "L1_CACHE_BYTES",
    });
  }

  /** 0 where it is not in memory, or just being filled in. */
  find(memory: GuestMemory, superBlock: number, ino: number): number {
    const { fields } = this;
    const table = memory.pointer(this.table);
    let found = 0;
    walkHlist(memory, table + 4 * this.hash(memory, superBlock, ino), MAX_CHAIN, (node) => {
      const inode = node - fields.hash;
      if (memory.u32(inode + fields.ino) !== ino || memory.pointer(inode + fields.superBlock) !== superBlock)
        return true;
      found = inode;
      return false;
    });
    return table !== 0 && found !== 0 && (memory.i32(found + fields.state) & fields.isNew) === 0 ? found : 0;
  }

  /** hash() of fs/inode.c, in words of 32 bits. */
  private hash(memory: GuestMemory, superBlock: number, ino: number): number {
    const spread = Math.floor((GOLDEN_RATIO + ino) / this.fields.cacheLine);
    const mixed = Math.imul(ino, memory.addressOf(superBlock)) ^ spread;
    const folded = mixed ^ ((mixed ^ GOLDEN_RATIO) >>> (memory.u32(this.shift) & 31));
    return folded & memory.i32(this.mask) & MAX_CHAINS_MASK;
  }
}
