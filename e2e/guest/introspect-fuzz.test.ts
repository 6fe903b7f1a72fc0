/**
 * Introspection of corrupt memory: the RAM of a real guest in many situations at once, broken where it is read. In each round
 *
 * - nothing throws: not the probe, the snapshot, nor what the panels make of it;
 * - time is bounded, counted in reads of memory;
 * - nothing is read from outside of RAM: what points there gives 0;
 * - and once the memory is whole again, the snapshot is as it was: nothing corrupt is remembered.
 *
 * FUZZ_ROUNDS and FUZZ_SEED for more of it (npm run test:soak: a million).
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { fuzzIntrospection } from "./introspect-fuzz.ts";
import { introspectionSetting, type Setting } from "./introspect-setting.ts";
import { SITUATIONS } from "./introspect-situations.ts";
import { WORLD_SITUATIONS } from "./introspect-world-situations.ts";

const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 70_000);
const SEED = Number(process.env.FUZZ_SEED ?? 20_260_101);
const TIMEOUT_MS = 1_800_000 + ROUNDS * 10;
/** A first snapshot of this memory is some ten thousand reads; the worst of half a million memories took 22 times that. */
const MOST_READS_FACTOR = 100;

const TO_REACH = [
  ...["PID namespace in", "seven extents", "a zombie", "four threads", "every limit", "a seccomp filter"],
  ...[
    "only by a bind mount",
    "only by an open descriptor",
    "IPC objects",
    "copy-up",
    "forgotten",
    "read-only, private",
  ],
  ...["one end has moved", "a bridge", "routes:", "nftables:", "listening sockets", "io limits"],
];

let setting: Setting;
beforeAll(async () => {
  setting = await introspectionSetting();
  for (const situation of [...SITUATIONS, ...WORLD_SITUATIONS])
    if (TO_REACH.some((name) => situation.name.includes(name))) await setting.reach(situation);
});
afterAll(() => setting?.guest.end());

test(
  `${ROUNDS} corrupted memories: no throw, bounded reads, none outside of RAM, nothing remembered`,
  async () => {
    const session = setting.guest.session();
    await session.emulator.stop();
    const result = fuzzIntrospection(setting.layout, session.emulator.memory(), ROUNDS, SEED);
    expect(result.mostReads).toBeLessThan(result.readsOfAnIntactSnapshot * MOST_READS_FACTOR);
    // Most rounds hit something that cannot be believed; were it not so, the fuzz would be missing its target.
    expect(result.roundsWithDrops).toBeGreaterThan(ROUNDS / 4);
    await session.emulator.run();
    await expect(setting.guest.out("echo alive")).resolves.toBe("alive");
  },
  TIMEOUT_MS,
);
