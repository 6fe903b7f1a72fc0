/**
 * What the machine needs from where it runs: the browser's worker and Node each make one.
 *
 * `load` resolves to the bytes of a URL (a file URL under Node) and tells how many have come in, and of an answer that the
 * server had compressed, of which the expanded bytes are counted, how many it sends in all. `v86Location` is how
 * v86's own loader, which fetches the files of the 9p tree, wants a URL: as it is in the browser, a path under Node.
 */
import type { V86Constructor } from "./emulator.ts";

export interface MachineHost {
  loadV86(): Promise<{ readonly V86: V86Constructor; readonly module: WebAssembly.Module }>;
  load(url: string, onReceived: (bytes: number, sentBytes: number | null) => void): Promise<ArrayBuffer>;
  v86Location(url: string): string;
  /** Monotonic milliseconds. */
  now(): number;
  /** Wall clock, ms since the epoch. */
  epochMs(): number;
}
