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
  emulator: Pick<Emulator, "setJit" | "instructionCounter">,
  currentProgram: () => string | null,
): Governor {
  let state: GovernorState = GOVERNOR_START;
  let lastEndMs: number | null = null;
  let counter = 0;
  return {
    start() {
      emulator.setJit(mode === "on");
      counter = emulator.instructionCounter();
    },
    afterSlice(startedMs, endedMs) {
      if (mode !== "governed") return;
      const now = emulator.instructionCounter();
      const program = currentProgram();
      const next = decide(state, {
        instructions: program === "idle" ? 0 : (now - counter) >>> 0,
        idleMs: lastEndMs === null ? 0 : startedMs - lastEndMs,
        program,
      });
      if (next.jit !== state.jit) emulator.setJit(next.jit);
      state = next;
      counter = now;
      lastEndMs = endedMs;
    },
    jitOn: () => mode === "on" || (mode === "governed" && state.jit),
  };
}
