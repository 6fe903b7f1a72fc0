/** `layout.json`: where the kernel keeps what introspection reads. Emitted by the kernel's own build. */
export interface KernelLayout {
  readonly version: 1;
  /** SHA-256 of the bzImage that the offsets belong to. */
  readonly kernelSha256: string;
  /** utsname.release, e.g. "6.1.192". */
  readonly release: string;
  /** Field offsets in bytes, sizes and constants, by the names in guest-image/kernel/layout.c. */
  readonly offsets: Readonly<Record<string, number>>;
  /** Virtual addresses of kernel symbols. */
  readonly symbols: Readonly<Record<string, number>>;
}
