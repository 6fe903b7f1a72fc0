/**
 * What the panels cost the guest: a busy guest's instructions a second with introspection at full rate (30 Hz counters
 * and a probe after each slice) against none, switched on and off in short turns within one run.
 */
import { startNodeMachine } from "../lib/machine/node-machine.ts";
import { type BenchContext, type Figure, figure, median } from "./figure.ts";

const TURNS = 60;
const TURN_MS = 250;
const FULL_HZ = 30;
const WORKLOADS = {
  "a computing guest": "while :; do :; done",
  "a guest that starts processes without end": "while :; do /bin/true; done",
} as const;

const passed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function slowdownPercent(imageDir: string, workload: string): Promise<number> {
  const guest = await startNodeMachine(imageDir, { watchHz: 0 });
  guest.type("hvc0", `${workload}\n`);
  await passed(2_000);
  const { emulator } = guest.session();
  const rates = { on: [] as number[], off: [] as number[] };
  for (let turn = 0; turn < TURNS; turn++) {
    const on = turn % 2 === 0;
    guest.machine.handle({ type: "watch", hz: on ? FULL_HZ : 0 });
    await passed(20);
    const [from, startedAtMs] = [emulator.instructionCounter(), performance.now()];
    await passed(TURN_MS);
    const instructions = (emulator.instructionCounter() - from) >>> 0;
    rates[on ? "on" : "off"].push(instructions / (performance.now() - startedAtMs));
  }
  await guest.end();
  return (1 - median(rates.on) / median(rates.off)) * 100;
}

export async function figures({ imageDir }: BenchContext): Promise<readonly Figure[]> {
  const found: Figure[] = [];
  for (const [name, workload] of Object.entries(WORKLOADS)) {
    const percent = await slowdownPercent(imageDir, workload);
    found.push(figure(`${name} slowed by panels at full rate`, Math.max(0, percent), "%", 2));
  }
  return found;
}
