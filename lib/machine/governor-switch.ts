/** Feeds the JIT governor from the running emulator and throws v86's switch when its decision changes. */
import type { Emulator } from "./emulator.ts";
import { decide, GOVERNOR_START, type GovernorState, SAMPLE_MS } from "./governor.ts";

export type JitMode = "governed" | "on" | "off";

export interface Governor {
  start(): void;
  afterSlice(nowMs: number): void;
  jitOn(): boolean;
}

export function createGovernor(mode: JitMode, emulator: Emulator): Governor {
  let state: GovernorState = GOVERNOR_START;
  let sampledAtMs = 0;
  let counter = 0;
  return {
    start: () => emulator.setJit(mode === "on"),
    afterSlice(nowMs) {
      const elapsedMs = nowMs - sampledAtMs;
      if (mode !== "governed" || elapsedMs < SAMPLE_MS) return;
      const now = emulator.instructionCounter();
      const next = decide(state, { elapsedMs, instructions: (now - counter) >>> 0 });
      if (next.jit !== state.jit) emulator.setJit(next.jit);
      state = next;
      counter = now;
      sampledAtMs = nowMs;
    },
    jitOn: () => mode === "on" || (mode === "governed" && state.jit),
  };
}
