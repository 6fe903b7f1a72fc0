import { expect, test } from "vitest";
import { parseOffsets, parseSymbols } from "./build-layout.ts";

test("offsets, sizes and constants are read from the assembly's markers", () => {
  const assembly =
    '# 60 "layout.c" 1\n\n.ascii "->task_struct.pid $500"\n.ascii "->sizeof(upid) $8"\n.ascii "->PAGE_OFFSET $-16"\n';
  expect(parseOffsets(assembly)).toEqual({ "task_struct.pid": 500, "sizeof(upid)": 8, PAGE_OFFSET: -16 });
});

test("an assembly without markers is refused", () => {
  expect(() => parseOffsets("nop\n")).toThrow("emitted no offset");
});

test("symbols are addresses; what is missing or ambiguous is refused", () => {
  const map = "c13ca400 D init_task\nc1000000 t event\nc1000010 b event\n";
  expect(parseSymbols(map, ["init_task"])).toEqual({ init_task: 0xc13ca400 });
  expect(() => parseSymbols(map, ["init_task", "tk_core"])).toThrow("no tk_core");
  expect(() => parseSymbols(map, ["event"])).toThrow("more than once");
});
