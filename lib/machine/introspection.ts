/** Placeholder until introspection is wired in. */

import type { KernelSnapshot } from "../protocol/kernel-snapshot.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import type { MachineNotice } from "../protocol/machine.ts";
import type { Emulator } from "./emulator.ts";
import type { MachineHost } from "./host.ts";

export interface Introspection {
  setHz(hz: number): void;
  afterSlice(nowMs: number): void;
  take(): KernelSnapshot | null;
}

export function createIntrospection(
  _layout: KernelLayout,
  _emulator: Emulator,
  _host: MachineHost,
  _notify: (notice: MachineNotice) => void,
): Introspection {
  return { setHz: () => {}, afterSlice: () => {}, take: () => null };
}
