import { expect, test } from "vitest";
import { TaskStateDecoder } from "./task-state.ts";

const decoder = new TaskStateDecoder({
  version: 1,
  kernelSha256: "",
  release: "",
  offsets: {
    TASK_REPORT: 0x7f,
    TASK_IDLE: 0x402,
    TASK_RTLOCK_WAIT: 0x1000,
    TASK_FROZEN: 0x8000,
    TASK_UNINTERRUPTIBLE: 2,
  },
  symbols: {},
});

test.each([
  ["R", 0, 0],
  ["S", 1, 0],
  ["D", 2, 0],
  ["T", 4, 0],
  ["t", 8, 0],
  ["X", 0x80, 0x10],
  ["Z", 0x80, 0x20],
  ["P", 0x40, 0],
  ["I", 0x402, 0],
  ["D", 0x8000, 0],
  ["R", 0xffff_0000 & ~0x8000 & ~0x1000, 0],
] as const)("%s for state %i, exit state %i", (letter, state, exitState) => {
  expect(decoder.letter(state, exitState)).toBe(letter);
});
