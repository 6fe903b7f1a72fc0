import { expect, test } from "vitest";
import type { AgentAnswer } from "../protocol/agent.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import type { AgentClient } from "./agent-client.ts";
import type { Emulator } from "./emulator.ts";
import { createHangWatch } from "./hang-watch.ts";

const AT = 16;
const SILENT: AgentAnswer = { id: 1, ok: false, code: "TIMEOUT", message: "no answer" };

/** A guest that has computed for ten seconds while its jiffies stood still; `meanwhile` is what happens while the agent is asked. */
async function hangs(answer: AgentAnswer, meanwhile: (jiffies: DataView) => void): Promise<boolean> {
  const memory = new Uint8Array(64);
  const jiffies = new DataView(memory.buffer);
  let hung = false;
  let instructions = 0;
  const emulator = {
    memory: () => memory,
    instructionCounter: () => instructions,
    interruptsEnabled: () => false,
  } as unknown as Emulator;
  const agent = {
    ask: async () => {
      meanwhile(jiffies);
      return answer;
    },
  } as unknown as AgentClient;
  const layout = { symbols: { jiffies_64: 0xc0000000 + AT } } as unknown as KernelLayout;
  const watch = createHangWatch(emulator, layout, agent, () => {
    hung = true;
  });
  for (let nowMs = 500; nowMs <= 6_000; nowMs += 500) {
    instructions += 10_000_000;
    watch.afterSlice(nowMs, false);
  }
  await new Promise((resolve) => setImmediate(resolve));
  return hung;
}

test("silence while no tick comes is a hang", async () => {
  expect(await hangs(SILENT, () => {})).toBe(true);
});

test("an answer is none, and neither is silence while ticks come: a cold boot", async () => {
  expect(await hangs({ id: 1, ok: true, result: null }, () => {})).toBe(false);
  expect(await hangs(SILENT, (jiffies) => jiffies.setUint32(AT, 7, true))).toBe(false);
});
