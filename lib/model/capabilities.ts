/** Capability sets by name (capabilities(7), include/uapi/linux/capability.h), in the order of their bits. */
export const CAPABILITIES = [
  ...["chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap"],
  ...["linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner"],
  ...["sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice"],
  ...["sys_resource", "sys_time", "sys_tty_config", "mknod", "lease", "audit_write", "audit_control", "setfcap"],
  ...["mac_override", "mac_admin", "syslog", "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf"],
  "checkpoint_restore",
] as const;

/** "0000000000000400" -> ["net_bind_service"]. */
export function capabilityNames(hex: string): readonly string[] {
  if (!/^[0-9a-f]{1,16}$/.test(hex)) return [];
  const bits = BigInt(`0x${hex}`);
  return CAPABILITIES.filter((_, bit) => (bits >> BigInt(bit)) & 1n);
}
