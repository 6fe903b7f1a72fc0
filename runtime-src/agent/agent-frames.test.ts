import { expect, test } from "vitest";
import { asciiJson, frameReader } from "./agent-frames.ts";

function reader() {
  const acks: number[] = [];
  const requests: [number, string][] = [];
  const { push } = frameReader({
    acknowledge: (seq) => acks.push(seq),
    request: (id, text) => requests.push([id, text]),
  });
  return { acks, requests, feed: (text: string) => push(new TextEncoder().encode(text)) };
}

test("fragments become one request, each line is acknowledged", () => {
  const { acks, requests, feed } = reader();
  feed('Q 10 1 1 {"a":\nQ 11 1 0 1}');
  feed("\n");
  expect(acks).toEqual([10, 11]);
  expect(requests).toEqual([[1, '{"a":1}']]);
});

test("a line sent again is acknowledged again and taken once", () => {
  const { acks, requests, feed } = reader();
  feed("Q 10 1 0 x\nQ 10 1 0 x\n");
  expect(acks).toEqual([10, 10]);
  expect(requests).toHaveLength(1);
});

test("another id drops what was begun", () => {
  const { requests, feed } = reader();
  feed("Q 1 1 1 old\nQ 2 2 0 new\n");
  expect(requests).toEqual([[2, "new"]]);
});

test("garbage and overlong lines are dropped, what follows is read", () => {
  const { acks, requests, feed } = reader();
  feed(`\u0000\u0007nonsense\nQ x y\n${"Q 1 1 0 ".padEnd(9000, "z")}\nQ 5 7 0 ok\n`);
  expect(acks).toEqual([5]);
  expect(requests).toEqual([[7, "ok"]]);
});

test("an endless request is given up", () => {
  const { requests, feed } = reader();
  for (let seq = 1; seq < 200; seq++) feed(`Q ${seq} 1 1 ${"a".repeat(2000)}\n`);
  feed("Q 500 2 0 ok\n");
  expect(requests).toEqual([[2, "ok"]]);
});

test("answers are ASCII", () => {
  expect(asciiJson("한\u007f")).toBe('"\\ud55c\\u007f"');
});
