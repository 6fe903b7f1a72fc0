import { expect, test } from "vitest";
import { History } from "./history.ts";
import { sampleSnapshot } from "./sample-snapshot.ts";

const filled = (count: number, limits?: ConstructorParameters<typeof History>[0]): History => {
  const history = new History(limits);
  for (let second = 1; second <= count; second++) history.push(sampleSnapshot(second), []);
  return history;
};
const at = (history: History, seconds: number) => history.at(seconds * 1e9)?.snapshot.sequence;

test("the moment at a time is the last one before it", () => {
  const history = filled(10);
  expect(at(history, 4)).toBe(4);
  expect(at(history, 4.9)).toBe(4);
  expect(at(history, 0)).toBe(1);
  expect(at(history, 99)).toBe(10);
  expect(new History().at(1)).toBeNull();
});

test("it forgets by number and by age, however long it runs", () => {
  const byNumber = filled(1_000, { moments: 50, spanNs: 1e15 });
  expect([byNumber.length, byNumber.oldest?.snapshot.sequence, at(byNumber, 0)]).toEqual([50, 951, 951]);
  const byAge = filled(1_000, { moments: 1e9, spanNs: 20e9 });
  expect([byAge.length, byAge.oldest?.snapshot.sequence]).toEqual([21, 980]);
});

test("a restore starts it anew", () => {
  const history = filled(10);
  history.push(sampleSnapshot(3), []);
  expect([history.length, history.latest?.snapshot.sequence]).toEqual([1, 3]);
});

test("a series leaves out moments without the value", () => {
  const points = filled(6).series(({ sequence }) => (sequence % 2 ? sequence : null), 2e9);
  expect(points).toEqual([
    { atNs: 3e9, value: 3 },
    { atNs: 5e9, value: 5 },
  ]);
});
