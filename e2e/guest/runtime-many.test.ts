/**
 * 200 runs in a row, and as many at a time as memory allows, leave the kernel as it was: the counts of introspection are
 * equal, and what cannot be counted one by one (slab, page tables, percpu memory) stays within a bound. Whether the second
 * hundred is as fast as the first is measured in bench/machine-many.ts.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { bootGuest, type Guest } from "./guest.ts";
import { type KernelCounts, kernelCounts, settledCounts } from "./kernel-counts.ts";
import { settled } from "./settle.ts";

const IN_A_ROW = 200;
const AT_A_TIME = 20;
const ROUNDS = 3;
/** What may be missing afterwards: caches of the slab allocator that grow with use and shrink under pressure only. */
const LOST_KIB = 4_096;

let guest: Guest;
let before: KernelCounts;
let availableKib: number;

/** With the caches dropped that the kernel would drop by itself. */
const available = async (): Promise<number> =>
  Number(await guest.out("sync; echo 3 > /proc/sys/vm/drop_caches; awk '/^MemAvailable/ {print $2}' /proc/meminfo"));

beforeAll(async () => {
  guest = await bootGuest();
  await guest.out(`for i in ${"x ".repeat(AT_A_TIME)}; do docker run --rm busybox true; done`);
  before = await kernelCounts(guest);
  availableKib = await available();
});
afterAll(() => guest?.end());

async function expectAsBefore(): Promise<void> {
  expect(await settledCounts(guest, before)).toEqual(before);
  const lost = async (): Promise<number> => availableKib - (await available());
  expect(await settled(lost, (kib) => kib < LOST_KIB)).toBeLessThan(LOST_KIB);
}

test(`${IN_A_ROW} runs in a row leave the kernel as it was`, async () => {
  const script = `for ((i = 0; i < ${IN_A_ROW}; i++)); do docker run --rm busybox echo $i; done`;
  const numbers = (await guest.out(script)).split("\n").map(Number);
  expect(numbers).toEqual(Array.from({ length: IN_A_ROW }, (_, index) => index));
  await expectAsBefore();
});

test(`${AT_A_TIME} at a time leave the kernel as it was`, async () => {
  const script = [
    `for ((i = 0; i < ${AT_A_TIME}; i++)); do docker run --rm -m 8M busybox sh -c "echo $i" & done; wait`,
  ].join("\n");
  for (let round = 0; round < ROUNDS; round++) {
    const numbers = (await guest.out(script)).split("\n").map(Number);
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: AT_A_TIME }, (_, index) => index));
  }
  await expectAsBefore();
});
