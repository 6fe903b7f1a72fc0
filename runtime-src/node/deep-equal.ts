/** util.isDeepStrictEqual and the loose form that assert.deepEqual uses. */
type Pair = readonly [unknown, unknown];

export function isDeepStrictEqual(a: unknown, b: unknown): boolean {
  return deepEqual(a, b, true, []);
}

export function isDeepLooseEqual(a: unknown, b: unknown): boolean {
  return deepEqual(a, b, false, []);
}

function deepEqual(a: unknown, b: unknown, strict: boolean, seen: Pair[]): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    // biome-ignore lint/suspicious/noDoubleEquals: assert.deepEqual compares with ==
    return !strict && (a == b || (Number.isNaN(a) && Number.isNaN(b)));
  }
  if (strict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (seen.some(([x, y]) => x === a && y === b)) return true;
  const next: Pair[] = [...seen, [a, b]];
  return sameContents(a, b, strict, next) && sameKeys(a, b, strict, next);
}

function sameContents(a: object, b: object, strict: boolean, seen: Pair[]): boolean {
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime();
  if (a instanceof RegExp) return b instanceof RegExp && String(a) === String(b);
  if (a instanceof Error) return b instanceof Error && a.message === b.message && a.name === b.name;
  if (a instanceof Map) return b instanceof Map && sameMaps(a, b, strict, seen);
  if (a instanceof Set) return b instanceof Set && sameSets(a, b, strict, seen);
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length;
  if (a instanceof Number || a instanceof String || a instanceof Boolean) return Object.is(a.valueOf(), b.valueOf());
  return true;
}

function sameMaps(a: Map<unknown, unknown>, b: Map<unknown, unknown>, strict: boolean, seen: Pair[]): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([key, value]) => {
    if (b.has(key)) return deepEqual(value, b.get(key), strict, seen);
    return [...b].some(
      ([other, found]) => deepEqual(key, other, strict, seen) && deepEqual(value, found, strict, seen),
    );
  });
}

function sameSets(a: Set<unknown>, b: Set<unknown>, strict: boolean, seen: Pair[]): boolean {
  return a.size === b.size && [...a].every((x) => b.has(x) || [...b].some((y) => deepEqual(x, y, strict, seen)));
}

function sameKeys(a: object, b: object, strict: boolean, seen: Pair[]): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(
    (key) =>
      Object.hasOwn(b, key) &&
      deepEqual((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], strict, seen),
  );
}
