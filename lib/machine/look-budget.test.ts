import { expect, test } from "vitest";
import { createLookBudget } from "./look-budget.ts";

/**
 * How long looks of `costMs` take in all, in a guest that calls for one after each slice; a slice takes `sliceMs` by the clock. The
 * guest says after each that it would sleep for `sleepMs`, and sleeps for `sleptMs`, but not shorter than a look takes.
 */
function spentMs(
  costMs: number,
  slices: number,
  given: { sleepMs?: number; sleptMs?: number; sliceMs?: number } = {},
): number {
  const { sleepMs = 0, sleptMs = sleepMs, sliceMs = 1 } = given;
  const budget = createLookBudget();
  let spent = 0;
  for (let slice = 0, nowMs = 0; slice < slices; slice++) {
    budget.sliceEnded(nowMs, sleepMs);
    const looks = budget.allows(nowMs);
    if (looks) {
      spent += costMs;
      budget.spend(nowMs, costMs);
    }
    nowMs += Math.max(sleptMs, looks && sleepMs > 0 ? costMs : 0) + sliceMs;
  }
  return spent;
}

test("a guest that calls for looks without end gives its share and what was saved, whatever a look costs", () => {
  for (const costMs of [0.2, 1, 5]) expect(spentMs(costMs, 60_000) / 60_000, `${costMs} ms`).toBeLessThan(0.0155);
});

test("what a busy host takes of the core is not the guest's time", () => {
  const calm = spentMs(0.5, 60_000);
  expect(spentMs(0.5, 60_000, { sliceMs: 8 }) / calm).toBeLessThan(1.3);
});

/** Looks within a minute of a guest that calls for one at each millisecond, with a probe of `probeMs` each. */
function looksWithProbes(probeMs: number): number {
  const budget = createLookBudget();
  let looks = 0;
  for (let nowMs = 0; nowMs < 60_000; nowMs++) {
    budget.sliceEnded(nowMs, 0);
    budget.probed(probeMs);
    if (!budget.allows(nowMs)) continue;
    looks++;
    budget.spend(nowMs, 1);
  }
  return looks;
}

test("probes are paid for from the same share, and leave half of it to looks however slow they are", () => {
  expect(looksWithProbes(0.002)).toBeGreaterThan(400);
  for (const probeMs of [0.01, 1]) {
    expect(looksWithProbes(probeMs), `${probeMs} ms`).toBeLessThan(350);
    expect(looksWithProbes(probeMs), `${probeMs} ms`).toBeGreaterThan(200);
  }
});

test("after a calm while several looks follow each other within a few milliseconds", () => {
  const budget = createLookBudget();
  const allowed = [0, 10, 20, 30].filter((nowMs) => {
    const may = budget.allows(nowMs);
    if (may) budget.spend(nowMs, 0.5);
    return may;
  });
  expect(allowed).toEqual([0, 10, 20, 30]);
});

test("a guest that sleeps for most of its time is looked at several times as often", () => {
  const busy = spentMs(1, 60_000) / 60_000;
  expect(spentMs(1, 10_000, { sleepMs: 9 }) / 100_000 / busy).toBeGreaterThan(4);
});

test("a guest that is woken long before it wanted pays for looks in its sleep as when it runs", () => {
  expect(spentMs(0.3, 60_000, { sleepMs: 40, sleptMs: 0.1 }) / 66_000).toBeLessThan(0.0155);
});

test("a short sleep that a busy host makes long is not taken for one", () => {
  expect(spentMs(0.3, 60_000, { sleepMs: 3, sleptMs: 0.1, sliceMs: 8 }) / 60_000 / 4.25).toBeLessThan(0.0155);
});

test("one slow look is not believed, and looks that stay slow are", () => {
  const budget = createLookBudget();
  budget.spend(0, 100);
  expect(budget.allows(20)).toBe(true);
  expect(spentMs(100, 60_000) / 60_000).toBeLessThan(0.05);
});

test("none before the time that it is held until", () => {
  const budget = createLookBudget();
  budget.holdUntil(1_000);
  expect([budget.allows(999), budget.allows(1_000)]).toEqual([false, true]);
});
