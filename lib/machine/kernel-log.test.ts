import { expect, test } from "vitest";
import { createKernelLog } from "./kernel-log.ts";

function logOf(text: string) {
  let bytes = 0;
  const log = createKernelLog(() => bytes);
  for (const byte of new TextEncoder().encode(text)) {
    bytes++;
    log.push(byte);
  }
  return log;
}

test("hands over each line once, with the time at which it ended", () => {
  const log = logOf("[    0.1] one\r\n[    0.2] two\n[    0.3] thr");
  expect(log.take()).toEqual([
    { text: "[    0.1] one", atNs: 15 },
    { text: "[    0.2] two", atNs: 29 },
  ]);
  expect(log.take()).toEqual([]);
  expect(log.panic()).toBe("none");
});

test("a flood is cut and the cut is told", () => {
  const lines = logOf("x\n".repeat(700)).take();
  expect(lines).toHaveLength(501);
  expect(lines.at(-1)).toEqual({ text: "... 200 lines left out", atNs: 1_400 });
});

test("a panic is known by its first line and complete with its last", () => {
  const first = "[    3.7] Kernel panic - not syncing: sysrq triggered crash";
  expect(logOf(`${first}\n`).panic()).toBe("telling");
  const log = logOf(`${first}\n[    3.7] CPU: 0 PID: 1\n[    3.8] ---[ end Kernel panic - not syncing: x ]---\n`);
  expect(log.panic()).toBe("told");
  expect(log.lastWords()).toMatch(/sysrq triggered crash\n.*PID: 1\n.*end Kernel panic/);
});

test("the end of the log is kept even where it has no newline", () => {
  expect(logOf("one\ntwo").lastWords()).toBe("one\ntwo");
});
