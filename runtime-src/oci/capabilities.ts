/**
 * Capability names and bits (capabilities(7), linux/capability.h). A set is one number: 41 bits fit exactly.
 */
import type { CapabilitySets } from "../container/spec.ts";
import { CAPABILITIES } from "../linux/constants.ts";

export const CAPABILITY_COUNT = CAPABILITIES.length;
export const ALL_CAPABILITIES = 2 ** CAPABILITY_COUNT - 1;

/**
 * What docker gives a container: CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW
 * SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP.
 */
export const DEFAULT_CAPABILITIES = 0xa80425fb;

export const hasCapability = (set: number, bit: number): boolean => Math.floor(set / 2 ** bit) % 2 === 1;

/** "NET_ADMIN", "cap_net_admin" -> 12; null for what is no capability. */
export function capabilityBit(name: string): number | null {
  const upper = name.toUpperCase();
  const bit = CAPABILITIES.indexOf(upper.startsWith("CAP_") ? upper : `CAP_${upper}`);
  return bit < 0 ? null : bit;
}

export function capabilityNames(set: number): readonly string[] {
  let known = names.get(set);
  if (!known) {
    known = CAPABILITIES.filter((_, bit) => hasCapability(set, bit));
    names.set(set, known);
  }
  return known;
}

export const capabilityBits = (set: number): number[] =>
  CAPABILITIES.map((_, bit) => bit).filter((bit) => hasCapability(set, bit));

/** docker's way: bounding, permitted and effective alike, nothing inherited. */
export const dockerCapabilities = (set: number): CapabilitySets => ({
  bounding: set,
  effective: set,
  permitted: set,
  inheritable: 0,
  ambient: 0,
});

/** The bits that a set lacks. Worked out once for each set, by the resident for docker's default. */
export function missingCapabilities(set: number): readonly number[] {
  let missing = missingBits.get(set);
  if (!missing) {
    missing = CAPABILITIES.map((_, bit) => bit).filter((bit) => !hasCapability(set, bit));
    missingBits.set(set, missing);
  }
  return missing;
}

const missingBits = new Map<number, readonly number[]>();
const names = new Map<number, readonly string[]>();

/** docker's rule: drops first when ALL is dropped, adds first when ALL is added. Throws on an unknown name. */
export function adjustCapabilities(base: number, add: readonly string[], drop: readonly string[]): number {
  const all = (list: readonly string[]) => list.some((name) => name.toUpperCase() === "ALL");
  let set = all(add) ? ALL_CAPABILITIES : all(drop) ? 0 : base;
  for (const [names, wanted] of [
    [drop, false],
    [add, true],
  ] as const) {
    for (const name of names) {
      if (name.toUpperCase() === "ALL") continue;
      const bit = capabilityBit(name);
      if (bit === null) throw new Error(`invalid capability "${name}": see capabilities(7) for the names`);
      if (hasCapability(set, bit) !== wanted) set += wanted ? 2 ** bit : -(2 ** bit);
    }
  }
  return set;
}
