/**
 * The kernel log, as it comes out of ttyS0: lines for the page, and the words by which a panic is known.
 *
 * v86 gives one event a byte; lines are collected and handed over together, at most MAX_BATCH at a time, so a guest
 * that floods its log cannot flood the page. The last lines are kept for the crash notice. Each line is stamped when it
 * ends: printk's own stamp is of another clock (local_clock), and not every line has one.
 */
import type { LogLine } from "../protocol/machine.ts";
import { createLineSplitter } from "./line-splitter.ts";

const MAX_LINE_BYTES = 1_024;
const MAX_BATCH = 500;
const LAST_WORDS = 24;
/** panic() of kernel/panic.c prints the first at KERN_EMERG, whatever the log level, and the second when it is done. */
const PANIC = /Kernel panic - not syncing/;
const PANIC_END = /---\[ end Kernel panic/;

export interface KernelLog {
  push(byte: number): void;
  /** Lines since the last call. */
  take(): readonly LogLine[];
  lastWords(): string;
  panic(): "none" | "telling" | "told";
}

/** `nowNs` is the guest's CLOCK_BOOTTIME. */
export function createKernelLog(nowNs: () => number): KernelLog {
  let panic: ReturnType<KernelLog["panic"]> = "none";
  let batch: LogLine[] = [];
  let skipped = 0;
  const last: string[] = [];
  const splitter = createLineSplitter(MAX_LINE_BYTES, (line) => {
    last.push(line);
    if (last.length > LAST_WORDS) last.shift();
    if (batch.length < MAX_BATCH) batch.push({ text: line, atNs: nowNs() });
    else skipped++;
    if (PANIC_END.test(line)) panic = "told";
    else if (PANIC.test(line) && panic === "none") panic = "telling";
  });
  const one = new Uint8Array(1);
  return {
    push(byte) {
      one[0] = byte;
      splitter.push(one);
    },
    take() {
      const lines = skipped > 0 ? [...batch, { text: `... ${skipped} lines left out`, atNs: nowNs() }] : batch;
      batch = [];
      skipped = 0;
      return lines;
    },
    panic: () => panic,
    lastWords: () => [...last, splitter.rest()].filter((line) => line !== "").join("\n"),
  };
}
