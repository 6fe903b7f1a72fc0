import { describe, expect, test } from "vitest";
import type { RuntimeStep } from "../protocol/runtime-step.ts";
import { parseRuntimeStep } from "./runtime-step-parser.ts";

const STEP: RuntimeStep = {
  v: 1,
  id: "0a".repeat(32),
  name: "web",
  operation: "create",
  index: 3,
  total: 14,
  step: "pivot-root",
  part: "filesystem",
  phase: "done",
  syscall: "pivot_root",
  args: [".", "."],
  error: null,
  source: "container/create-steps.ts:42",
  atMs: 12_345.5,
};

test("a step as box writes it comes through as it is", () => {
  expect(parseRuntimeStep(JSON.stringify(STEP))).toEqual(STEP);
});

test.each(["", "my.bundle_1+a-b"])(
  "what is no container has no id, and a bundle's is what its caller chose: %j",
  (id) => {
    expect(parseRuntimeStep(JSON.stringify({ ...STEP, id }))).toEqual({ ...STEP, id });
  },
);

test("fields that no step has are left behind", () => {
  expect(parseRuntimeStep(JSON.stringify({ ...STEP, __proto__x: 1, extra: "x" }))).toEqual(STEP);
});

describe("a line that is no step is dropped", () => {
  const bad: Record<string, unknown> = {
    version: { v: 2 },
    id: { id: "../../etc" },
    "name is no text": { name: 7 },
    "text too long": { step: "x".repeat(2_000) },
    "index beyond the table": { index: 15 },
    "index is no count": { index: -1 },
    part: { part: "magic" },
    phase: { phase: "maybe" },
    "args are no list": { args: "x" },
    "args hold no text": { args: [1] },
    "too many args": { args: Array.from({ length: 100 }, () => "x") },
    time: { atMs: "now" },
  };
  test.each(Object.entries(bad))("%s", (_, change) => {
    expect(parseRuntimeStep(JSON.stringify({ ...STEP, ...(change as object) }))).toBeNull();
  });
  test.each(["", "{", "null", "[]", "7", '"x"', "[    1.0] printk"])("%j", (line) => {
    expect(parseRuntimeStep(line)).toBeNull();
  });
});
