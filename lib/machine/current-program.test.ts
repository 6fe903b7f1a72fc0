import { expect, test } from "vitest";
import type { KernelLayout } from "../protocol/layout.ts";
import { currentProgramReader } from "./current-program.ts";

/** As a build writes it: offsets are signed words, addresses of symbols are not. */
const LAYOUT = {
  symbols: { current_task: 0xc0000010 },
  offsets: { PAGE_OFFSET: -0x40000000, "task_struct.pid": 4, "task_struct.self_exec_id": 8 },
} as unknown as KernelLayout;

function readerOf(current: number, pid: number, execs: number): string | null {
  const words = new Uint32Array(256);
  words[0x10 / 4] = current;
  words[(0x100 + 4) / 4] = pid;
  words[(0x100 + 8) / 4] = execs;
  return currentProgramReader(LAYOUT, { memory: () => new Uint8Array(words.buffer) })();
}

test("the running process and how often it has called execve", () => {
  expect(readerOf(0xc0000100, 56, 2)).toBe("56.2");
});

test("the idle task is idle, and what is no address is unknown", () => {
  expect(readerOf(0xc0000100, 0, 0)).toBe("idle");
  expect(readerOf(0xdeadbeef, 56, 2)).toBe(null);
});
