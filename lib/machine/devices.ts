/**
 * The one machine that Glassbox emulates: what v86 is told, whoever starts it.
 *
 * A v86 state restores only into the device set, memory size and v86 version that saved it, so the snapshot builder,
 * the tools under Node and the browser's worker all take their options from here. Where files come from (paths, URLs,
 * buffers) is the caller's business. Devices: 256 MiB RAM, ttyS0, virtio-console with four ports (hvc0 to hvc3),
 * virtio-9p with the tag "host9p", virtio-net. No keyboard, mouse or speaker; a screen that nobody sees.
 */
import type { V86Options } from "v86";

export const MEMORY_BYTES = 256 * 1024 * 1024;

/** SeaBIOS draws its greeting here; the guest never does. */
const VGA_MEMORY_BYTES = 2 * 1024 * 1024;

/**
 * The kernel's command line at a cold boot; a snapshot carries its own.
 *
 * - root is the read-only 9p tree. Nobody else writes to it, so the page cache may keep what it has read (cache=loose).
 * - init_on_free=1 zeroes pages as they are freed: they cost nothing in the snapshot, and a restore skips them.
 * - mitigations=off: they defend against other guests of a CPU, and this CPU has one guest.
 * - tsc=reliable: v86's TSC follows the host's clock; the watchdog would distrust it after each pause.
 * - panic=0: a panicked guest stands still, so its last words can be read.
 * - tcpmhash_entries=64: by size of memory there would be 8,192 lists, and each network namespace that ends walks all of them.
 * - dummy.numdummies=0: a dummy device is there for whoever makes one, not beside `lo` from the start.
 */
export const KERNEL_CMDLINE = [
  "console=ttyS0",
  "loglevel=6",
  "root=host9p",
  "rootfstype=9p",
  "rootflags=trans=virtio,version=9p2000.L,cache=loose",
  "ro",
  "init=/sbin/init",
  "init_on_free=1",
  "mitigations=off",
  "tsc=reliable",
  "no_timer_check",
  "panic=0",
  "tcpmhash_entries=64",
  "dummy.numdummies=0",
].join(" ");

/** Options that make the device set. Add files, `wasm_fn`, `autostart`; change nothing here. */
export function deviceOptions(): V86Options {
  return {
    memory_size: MEMORY_BYTES,
    vga_memory_size: VGA_MEMORY_BYTES,
    virtio_console: { type: "none" },
    net_device: { type: "virtio" },
    preserve_mac_from_state_image: true,
    disable_keyboard: true,
    disable_mouse: true,
    disable_speaker: true,
  };
}

/** The 9p device: where the root tree's content-addressed files and, for a cold boot, its index are. */
export function filesystemOptions(baseurl: string, basefs?: string): V86Options["filesystem"] {
  return basefs === undefined ? { baseurl } : { baseurl, basefs };
}
