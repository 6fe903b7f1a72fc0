/**
 * The elements of an interval set (net/netfilter/nft_set_rbtree.c): a tree in which an interval is two elements, its first key and,
 * marked NFT_SET_ELEM_INTERVAL_END, the first key behind it. The last one has no end where it reaches to the highest key.
 *
 * Keys are compared as bytes, the first one first. Only keys of at most a word are paired: ports and IPv4 addresses.
 */
import type { GuestMemory } from "./guest-memory.ts";

/** Places of an element's key and data. */
export interface SetElement {
  readonly key: number;
  readonly data: number;
  /** Of an interval the first key behind it, as a number in network order; null for a single key. */
  readonly end: number | null;
}

export interface IntervalElement extends SetElement {
  readonly isEnd: boolean;
}

const WORD_BYTES = 4;

export function intervals(
  memory: GuestMemory,
  elements: readonly IntervalElement[],
  keyBytes: number,
): readonly SetElement[] {
  if (keyBytes < 1 || keyBytes > WORD_BYTES) return [];
  const keyed = elements.map((element) => ({ element, value: keyValue(memory, element.key, keyBytes) }));
  // Where one ends and another begins at the same key, the end comes first.
  keyed.sort((a, b) => a.value - b.value || Number(b.element.isEnd) - Number(a.element.isEnd));
  return keyed.flatMap(({ element: { isEnd, key, data } }, index): SetElement[] => {
    if (isEnd) return [];
    const next = keyed[index + 1];
    return [{ key, data, end: next ? next.value : 2 ** (8 * keyBytes) }];
  });
}

/** As a number in network order. */
function keyValue(memory: GuestMemory, at: number, bytes: number): number {
  let value = 0;
  for (let index = 0; index < bytes; index++) value = value * 256 + memory.u8(at + index);
  return value;
}
