/** structuredClone for data: primitives, arrays, plain objects, Map, Set, Date, RegExp, Error, buffers; cycles kept. */
export function structuredClone<T>(value: T): T {
  return clone(value, new Map()) as T;
}

function refuse(value: unknown): never {
  const error = new Error(`${String(value)} could not be cloned.`);
  throw Object.assign(error, { name: "DataCloneError", code: 25 });
}

function clone(value: unknown, seen: Map<unknown, unknown>): unknown {
  if (typeof value === "function" || typeof value === "symbol") refuse(value);
  if (typeof value !== "object" || value === null) return value;
  const known = seen.get(value);
  if (known) return known;
  if (value instanceof Date) return new Date(value.getTime());
  if (value instanceof RegExp) return new RegExp(value.source, value.flags);
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  return cloneContainer(value, seen);
}

function cloneContainer(value: object, seen: Map<unknown, unknown>): unknown {
  if (value instanceof Map) {
    const copy = new Map();
    seen.set(value, copy);
    for (const [key, item] of value) copy.set(clone(key, seen), clone(item, seen));
    return copy;
  }
  if (value instanceof Set) {
    const copy = new Set();
    seen.set(value, copy);
    for (const item of value) copy.add(clone(item, seen));
    return copy;
  }
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? new Array(value.length) : {};
  seen.set(value, copy);
  if (value instanceof Error) {
    const error = Object.assign(new Error(value.message), { stack: value.stack });
    seen.set(value, error);
    return error;
  }
  for (const key of Object.keys(value))
    (copy as Record<string, unknown>)[key] = clone((value as Record<string, unknown>)[key], seen);
  return copy;
}
