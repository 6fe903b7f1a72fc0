/**
 * Capability names and bits (capabilities(7), linux/capability.h). A set is one number: 41 bits fit exactly.
 */
const NAMES = [
  "CHOWN",
  "DAC_OVERRIDE",
  "DAC_READ_SEARCH",
  "FOWNER",
  "FSETID",
  "KILL",
  "SETGID",
  "SETUID",
  "SETPCAP",
  "LINUX_IMMUTABLE",
  "NET_BIND_SERVICE",
  "NET_BROADCAST",
  "NET_ADMIN",
  "NET_RAW",
  "IPC_LOCK",
  "IPC_OWNER",
  "SYS_MODULE",
  "SYS_RAWIO",
  "SYS_CHROOT",
  "SYS_PTRACE",
  "SYS_PACCT",
  "SYS_ADMIN",
  "SYS_BOOT",
  "SYS_NICE",
  "SYS_RESOURCE",
  "SYS_TIME",
  "SYS_TTY_CONFIG",
  "MKNOD",
  "LEASE",
  "AUDIT_WRITE",
  "AUDIT_CONTROL",
  "SETFCAP",
  "MAC_OVERRIDE",
  "MAC_ADMIN",
  "SYSLOG",
  "WAKE_ALARM",
  "BLOCK_SUSPEND",
  "AUDIT_READ",
  "PERFMON",
  "BPF",
  "CHECKPOINT_RESTORE",
] as const;

export const CAPABILITY_COUNT = NAMES.length;
export const ALL_CAPABILITIES = 2 ** CAPABILITY_COUNT - 1;

/**
 * What docker gives a container: CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW
 * SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP.
 */
export const DEFAULT_CAPABILITIES = 0xa80425fb;

export const hasCapability = (set: number, bit: number): boolean => Math.floor(set / 2 ** bit) % 2 === 1;

/** "NET_ADMIN", "cap_net_admin" -> 12; null for what is no capability. */
export function capabilityBit(name: string): number | null {
  const plain = name.toUpperCase().startsWith("CAP_") ? name.slice(4) : name;
  const bit = (NAMES as readonly string[]).indexOf(plain.toUpperCase());
  return bit < 0 ? null : bit;
}

export function capabilityNames(set: number): string[] {
  return NAMES.filter((_, bit) => hasCapability(set, bit)).map((name) => `CAP_${name}`);
}

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
