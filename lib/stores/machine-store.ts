import { createStore, type StoreApi } from "zustand/vanilla";
import type { BootState } from "../protocol/machine.ts";

export interface MachineState {
  readonly boot: BootState;
  /** Figures of the last successful start; stay while paused. */
  readonly started: { readonly bootMs: number; readonly receivedBytes: number } | null;
}

export type MachineStore = StoreApi<MachineState>;

export function createMachineStore(): MachineStore {
  return createStore<MachineState>(() => ({ boot: { state: "idle" }, started: null }));
}

export function applyBootState(state: MachineState, boot: BootState): MachineState {
  if (boot.state === "ready") {
    // After a pause the machine says ready again; the figures to show are those of the start itself.
    const started =
      state.boot.state === "paused" && state.started
        ? state.started
        : { bootMs: boot.bootMs, receivedBytes: boot.receivedBytes };
    return { boot, started };
  }
  return { ...state, boot };
}
