import { expect, test } from "vitest";
import { parseFromLab, parseToLab } from "./messages.ts";

test("a message of ours comes through with its own fields only", () => {
  expect(parseToLab({ glassbox: 1, type: "run", id: 3, command: "ps -ef", extra: true })).toEqual({
    glassbox: 1,
    type: "run",
    id: 3,
    command: "ps -ef",
  });
  expect(parseFromLab({ glassbox: 1, type: "state", state: "ready" })).toEqual({
    glassbox: 1,
    type: "state",
    state: "ready",
  });
});

test.each([
  null,
  "start",
  {},
  { type: "start" },
  { glassbox: 2, type: "start" },
  { glassbox: 1, type: "reset" },
  { glassbox: 1, type: "run", id: 0, command: "ps" },
  { glassbox: 1, type: "run", id: 1, command: "" },
  { glassbox: 1, type: "run", id: 1, command: "ps\rrm -rf /" },
  { glassbox: 1, type: "run", id: 1, command: "\u001b[A" },
  { glassbox: 1, type: "run", id: 1, command: "x".repeat(2_001) },
  { glassbox: 1, type: "run", id: 1, command: ["ps"] },
  { glassbox: 1, type: "settled", id: Number.NaN },
])("%j is not said to a lab", (data) => expect(parseToLab(data)).toBeNull());

test.each([{ glassbox: 1, type: "state", state: "root" }, { glassbox: 1, type: "answer", id: 1 }, 7, undefined])(
  "%j is not said by a lab",
  (data) => expect(parseFromLab(data)).toBeNull(),
);
