/** Feeds the JIT governor from the running emulator and throws v86's switch when its decision changes. */
import type { Emulator } from "./emulator.ts";
import { decide, GOVERNOR_START, type GovernorState } from "./governor.ts";

export type JitMode = "governed" | "on" | "off";

export interface Governor {
  start(): void;
  /** `startedMs` and `endedMs` of the slice. */
  afterSlice(startedMs: number, endedMs: number): void;
  jitOn(): boolean;
}

export function createGovernor(
  mode: JitMode,
  emulator: Pick<Emulator, "setJit">,
  currentProgram: () => string | null,
): Governor {
  let state: GovernorState = GOVERNOR_START;
  let lastEndMs: number | null = null;
  return {
    start: () => emulator.setJit(mode === "on"),
    afterSlice(startedMs, endedMs) {
      if (mode !== "governed") return;
      const program = currentProgram();
      const idleMs = lastEndMs === null ? 0 : startedMs - lastEndMs;
      lastEndMs = endedMs;
      const busyMs = endedMs - startedMs;
      const next =
        program === "idle"
          ? decide(state, { busyMs: 0, idleMs: idleMs + busyMs, program })
          : decide(state, { busyMs, idleMs, program });
      if (next.jit !== state.jit) emulator.setJit(next.jit);
      state = next;
    },
    jitOn: () => mode === "on" || (mode === "governed" && state.jit),
  };
}
