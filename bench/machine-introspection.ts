/**
 * What the panels cost the guest: a busy guest's instructions with introspection at full rate (30 Hz counters, a probe after each
 * slice, each delta posted to another thread as to the page) against none, in turns within one run.
 *
 * Counted a second that the machine's thread really ran, not a second of the clock: what other programs take of the core falls on
 * single turns and would be taken for a cost. Turns come in pairs, each second pair the other way round; the figure is the ratio of
 * all turns' sums, told with its standard error over the pairs.
 */
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { type NodeMachine, startNodeMachine } from "../lib/machine/node-machine.ts";
import { createSnapshotSender } from "../lib/machine/snapshot-transfer.ts";
import { type BenchContext, type Figure, figure } from "./figure.ts";

const PAIRS = 60;
/** Long against what a change of turns brings: all that has changed meanwhile is new at the first look. */
const TURN_MS = 600;
/** After a switch, until looks of the turn before are over. */
const SETTLE_MS = 100;
const FULL_HZ = 30;
/** v86 compiles what the loop runs for as long; until then the guest gets faster from turn to turn, and single turns tell nothing. */
const WARM_UP_MS = 20_000;
const RESAMPLES = 400;
const WORKLOADS = {
  "a computing guest": "while :; do :; done",
  "a guest that starts processes without end": "while :; do /bin/true; done",
} as const;
/** Takes what it is sent, as the page does. */
const PAGE = 'require("node:worker_threads").parentPort.on("message", () => {})';

interface Turn {
  readonly instructions: number;
  readonly ranMs: number;
}
type Pair = Readonly<Record<"on" | "off", Turn>>;

const passed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** CPU time of this process's main thread, which is the machine's (proc(5), /proc/PID/schedstat), ms. */
function ranMs(): number {
  const [ns] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ");
  return Number(ns) / 1e6;
}

async function takeTurn({ machine, session }: NodeMachine, hz: number): Promise<Turn> {
  const { emulator } = session();
  machine.handle({ type: "watch", hz });
  await passed(SETTLE_MS);
  const [counter, startedAtMs] = [emulator.instructionCounter(), ranMs()];
  await passed(TURN_MS);
  return { instructions: (emulator.instructionCounter() - counter) >>> 0, ranMs: ranMs() - startedAtMs };
}

function slowdownPercent(pairs: readonly Pair[]): number {
  const rate = (side: keyof Pair): number => {
    const turns = pairs.map((pair) => pair[side]);
    const sum = (key: keyof Turn): number => turns.reduce((total, turn) => total + turn[key], 0);
    return sum("instructions") / sum("ranMs");
  };
  return (1 - rate("on") / rate("off")) * 100;
}

/** By the bootstrap: the spread of the figure over pairs drawn anew. */
function standardError(pairs: readonly Pair[]): number {
  const drawn = Array.from({ length: RESAMPLES }, () =>
    slowdownPercent(pairs.map(() => pairs[Math.floor(Math.random() * pairs.length)] as Pair)),
  );
  const mean = drawn.reduce((total, value) => total + value, 0) / drawn.length;
  return Math.sqrt(drawn.reduce((total, value) => total + (value - mean) ** 2, 0) / drawn.length);
}

async function measure(imageDir: string, workload: string, note: (text: string) => void): Promise<number> {
  const page = new Worker(PAGE, { eval: true });
  const delta = createSnapshotSender();
  let looks = 0;
  const guest = await startNodeMachine(imageDir, {
    watchHz: FULL_HZ,
    keepsNotices: false,
    onNotice(notice) {
      if (notice.type !== "snapshot") return;
      looks++;
      page.postMessage(delta(notice));
    },
  });
  try {
    guest.type("hvc0", `${workload}\n`);
    await passed(WARM_UP_MS);
    looks = 0;
    const pairs: Pair[] = [];
    for (let index = 0; index < PAIRS; index++) {
      const first = index % 2 === 0 ? "on" : "off";
      const one = await takeTurn(guest, first === "on" ? FULL_HZ : 0);
      const other = await takeTurn(guest, first === "on" ? 0 : FULL_HZ);
      pairs.push(first === "on" ? { on: one, off: other } : { on: other, off: one });
    }
    const perSecond = (1_000 * looks) / (PAIRS * (TURN_MS + SETTLE_MS));
    const percent = slowdownPercent(pairs);
    note(
      `${workload}: ${percent.toFixed(2)} ± ${standardError(pairs).toFixed(2)} %, ${perSecond.toFixed(1)} looks a second`,
    );
    return percent;
  } finally {
    await guest.end();
    await page.terminate();
  }
}

export async function figures({ imageDir, note }: BenchContext): Promise<readonly Figure[]> {
  const found: Figure[] = [];
  for (const [name, workload] of Object.entries(WORKLOADS)) {
    const percent = await measure(imageDir, workload, note);
    found.push(figure(`${name} slowed by panels at full rate`, Math.max(0, percent), "%", 2));
  }
  return found;
}
