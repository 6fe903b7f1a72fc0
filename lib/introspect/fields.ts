/**
 * Offsets by the kernel's names, taken from layout.json once, when a reader is made. A name that the layout lacks means
 * that page and guest image do not belong together, which is the one thing worth throwing for.
 */
import type { KernelLayout } from "../protocol/layout.ts";

/** `fieldsOf(layout, { pid: "task_struct.pid" })` is `{ pid: 500 }`. */
export function fieldsOf<Names extends Readonly<Record<string, string>>>(
  layout: KernelLayout,
  names: Names,
): { readonly [Name in keyof Names]: number } {
  const entries = Object.entries(names).map(([key, name]) => [key, lookUp(layout.offsets, name)]);
  return Object.fromEntries(entries);
}

export function symbolOf(layout: KernelLayout, name: string): number {
  return lookUp(layout.symbols, name);
}

function lookUp(table: Readonly<Record<string, number>>, name: string): number {
  const value = table[name];
  if (value === undefined) throw new Error(`layout.json: no ${name}; rebuild the guest image`);
  return value;
}
