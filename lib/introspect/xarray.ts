/**
 * Walks an xarray or idr by its root entry (include/linux/xarray.h): an internal entry above 4095 is a node, any other one an
 * entry of its own. Nodes are at most MAX_DEPTH deep and their shifts fall, so a broken tree ends.
 */
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";

const MAX_DEPTH = 8;
const INTERNAL = 2;

export class XarrayReader {
  private readonly fields;

  constructor(layout: KernelLayout) {
    this.fields = fieldsOf(layout, { shift: "xa_node.shift", slots: "xa_node.slots", slotCount: "XA_CHUNK_SIZE" });
  }

  /** `visit` gets the offset of each structure; false where the tree is broken or holds more than `limit`. */
  walk(memory: GuestMemory, root: number, limit: number, visit: (at: number) => void): boolean {
    const budget = { entries: limit, nodes: limit + MAX_DEPTH };
    return this.enter(memory, root, 256, 0, budget, visit);
  }

  /** The structure at an index; 0 where there is none. */
  find(memory: GuestMemory, root: number, index: number): number {
    const { shift, slots, slotCount } = this.fields;
    let [slot, aboveShift] = [root, 256];
    for (;;) {
      const entry = memory.u32(slot);
      if ((entry & 3) !== INTERNAL) return aboveShift === 256 && index !== 0 ? 0 : memory.pointer(slot);
      const node = memory.untaggedPointer(slot, INTERNAL);
      const height = node === 0 ? 256 : memory.u8(node + shift);
      if (entry <= 4096 || height >= aboveShift || height >= 32) return 0;
      const at = Math.floor(index / 2 ** height);
      // Only the top node can be too low for the index.
      if (aboveShift === 256 && at >= slotCount) return 0;
      slot = node + slots + 4 * (at % slotCount);
      aboveShift = height;
    }
  }

  private enter(
    memory: GuestMemory,
    slot: number,
    aboveShift: number,
    depth: number,
    budget: { entries: number; nodes: number },
    visit: (at: number) => void,
  ): boolean {
    const entry = memory.u32(slot);
    if (entry === 0) return true;
    if ((entry & 3) !== INTERNAL) {
      const at = memory.pointer(slot);
      if (at === 0 || budget.entries-- <= 0) return false;
      visit(at);
      return true;
    }
    if (entry <= 4096) return true;
    const node = memory.untaggedPointer(slot, INTERNAL);
    const { shift, slots, slotCount } = this.fields;
    const height = node === 0 ? 256 : memory.u8(node + shift);
    if (node === 0 || height >= aboveShift || depth > MAX_DEPTH || budget.nodes-- <= 0) return false;
    let whole = true;
    for (let index = 0; index < slotCount; index++)
      whole = this.enter(memory, node + slots + 4 * index, height, depth + 1, budget, visit) && whole;
    return whole;
  }
}
