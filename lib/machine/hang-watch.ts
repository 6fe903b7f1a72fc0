/** Feeds the watchdog from the running emulator, and asks the agent before it calls a suspected guest hung. */

import { AGENT_VERSION } from "../protocol/agent.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import type { AgentClient } from "./agent-client.ts";
import type { Emulator } from "./emulator.ts";
import { WATCH_START, type WatchState, watch } from "./watchdog.ts";

const SAMPLE_MS = 250;
const ANSWER_WITHIN_MS = 10_000;
/** Lowmem is mapped 1:1 from here (arch/x86/include/asm/page_32_types.h, __PAGE_OFFSET). */
const PAGE_OFFSET = 0xc0000000;

export interface HangWatch {
  afterSlice(nowMs: number, halted: boolean): void;
}

export function createHangWatch(
  emulator: Emulator,
  layout: KernelLayout,
  agent: AgentClient,
  onHang: () => void,
): HangWatch {
  const address = layout.symbols.jiffies_64 ?? layout.symbols.jiffies;
  let state: WatchState = WATCH_START;
  let sampledAtMs = 0;
  let counter = 0;
  let asking = false;

  const readJiffies = (): number | null => {
    if (address === undefined) return null;
    const memory = emulator.memory();
    const at = address - PAGE_OFFSET;
    if (at < 0 || at + 4 > memory.length) return null;
    return new DataView(memory.buffer, memory.byteOffset + at, 4).getUint32(0, true);
  };

  // Early in a cold boot no tick comes yet and nobody can answer: where ticks have come meanwhile, the guest lives.
  const ask = async (): Promise<void> => {
    asking = true;
    const jiffies = readJiffies();
    const answer = await agent.ask("hello", { version: AGENT_VERSION }, ANSWER_WITHIN_MS);
    asking = false;
    if (!answer.ok && answer.code === "TIMEOUT" && readJiffies() === jiffies) onHang();
  };

  return {
    afterSlice(nowMs, halted) {
      const elapsedMs = nowMs - sampledAtMs;
      if (elapsedMs < SAMPLE_MS) return;
      const now = emulator.instructionCounter();
      state = watch(state, {
        elapsedMs,
        jiffies: readJiffies(),
        instructions: (now - counter) >>> 0,
        halted,
        interruptsEnabled: emulator.interruptsEnabled(),
      });
      counter = now;
      sampledAtMs = nowMs;
      if (state.verdict === "dead") onHang();
      else if (state.verdict === "suspect" && !asking) {
        state = WATCH_START;
        void ask();
      }
    },
  };
}
