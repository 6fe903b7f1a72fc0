/** Ports that a rule matches, as ranges of both ends: what its comparisons, ranges and sets leave one after the other. */

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export const HIGHEST_PORT = 65_535;
const ANY: readonly PortRange[] = [{ first: 0, last: HIGHEST_PORT }];
/** Pairs looked at when two lists are laid over each other: a rule has one list and single ranges. */
const MAX_PAIRS = 16_384;

/** What of `next` a rule still matches that matched `former` before; null stands for any port. */
export function narrowed(former: readonly PortRange[] | null, next: readonly PortRange[]): readonly PortRange[] {
  const left: PortRange[] = [];
  let pairs = 0;
  for (const one of former ?? ANY)
    for (const other of next) {
      if (++pairs > MAX_PAIRS) return left;
      const range = { first: Math.max(one.first, other.first), last: Math.min(one.last, other.last) };
      if (range.first <= range.last) left.push(range);
    }
  return left;
}
