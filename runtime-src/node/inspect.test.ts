/** Our util.inspect against Node's, on values made from a seed: same text for each. */
import util from "node:util";
import { expect, test } from "vitest";
import { inspect } from "./inspect.ts";

function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function valueFrom(next: () => number, depth: number): unknown {
  const pick = Math.floor(next() * (depth > 0 ? 9 : 6));
  const count = Math.floor(next() * 14);
  switch (pick) {
    case 0:
      return Math.floor(next() * 10 ** Math.floor(next() * 8));
    case 1:
      return next() < 0.5 ? next() : undefined;
    case 2:
      return "abcdefghij klmnop'\"".slice(0, Math.floor(next() * 18)).repeat(Math.floor(next() * 3));
    case 3:
      return next() < 0.5;
    case 4:
      return null;
    case 5:
      return next() < 0.5 ? new Date(Math.floor(next() * 1e12)) : 12345678901234567890n;
    case 6:
      return Array.from({ length: count * 3 }, () => (next() < 0.9 ? Math.floor(next() * 1000) : valueFrom(next, 0)));
    case 7:
      return Array.from({ length: count }, () => valueFrom(next, depth - 1));
    default:
      return Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`${"key-".slice(index % 5)}${index}`, valueFrom(next, depth - 1)]),
      );
  }
}

test("two thousand values", () => {
  for (let seed = 1; seed <= 2000; seed++) {
    const value = valueFrom(generator(seed), 4);
    expect(inspect(value), `seed ${seed}`).toBe(util.inspect(value));
  }
});
