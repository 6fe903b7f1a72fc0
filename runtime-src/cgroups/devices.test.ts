import { expect, test } from "vitest";
import { compileDeviceRules, DEFAULT_DEVICE_RULES, type DeviceRule } from "./devices.ts";

const [BLOCK, CHARACTER] = [1, 2] as const;
const [MKNOD, READ, WRITE] = [1, 2, 4];

/** eBPF as the kernel runs it, for the instructions that the compiler writes. */
function allowed(rules: readonly DeviceRule[], type: number, access: number, major: number, minor: number): boolean {
  const code = new DataView(compileDeviceRules(rules).buffer);
  const context = [(access << 16) | type, major, minor];
  const r = new Array<number>(11).fill(0);
  for (let pc = 0; pc < code.byteLength / 8; pc++) {
    const op = code.getUint8(pc * 8);
    const [dst, src] = [code.getUint8(pc * 8 + 1) & 15, code.getUint8(pc * 8 + 1) >> 4];
    const [offset, k] = [code.getInt16(pc * 8 + 2, true), code.getInt32(pc * 8 + 4, true)];
    const value = r[dst] ?? 0;
    if (op === 0x61) r[dst] = context[offset / 4] ?? Number.NaN;
    else if (op === 0xbc) r[dst] = r[src] ?? 0;
    else if (op === 0xb7) r[dst] = k;
    else if (op === 0x54) r[dst] = (value & k) >>> 0;
    else if (op === 0x74) r[dst] = value >>> k;
    else if (op === 0x55) pc += value !== k ? offset : 0;
    else if (op === 0x15) pc += value === k ? offset : 0;
    else if (op === 0x5d) pc += value !== r[src] ? offset : 0;
    else if (op === 0x95) return r[0] === 1;
    else throw new Error(`unknown instruction 0x${op.toString(16)} at ${pc}`);
  }
  throw new Error("ran past the end");
}

const byDefault = (type: number, access: number, major: number, minor: number) =>
  allowed(DEFAULT_DEVICE_RULES, type, access, major, minor);

test("the default devices can be used", () => {
  expect(byDefault(CHARACTER, READ | WRITE, 1, 3)).toBe(true);
  expect(byDefault(CHARACTER, READ | WRITE, 5, 2)).toBe(true);
  expect(byDefault(CHARACTER, READ | WRITE, 136, 17)).toBe(true);
});

test("others can be made but not opened", () => {
  expect(byDefault(CHARACTER, MKNOD, 1, 1)).toBe(true);
  expect(byDefault(CHARACTER, READ, 1, 1)).toBe(false);
  expect(byDefault(BLOCK, MKNOD, 8, 0)).toBe(true);
  expect(byDefault(BLOCK, READ, 8, 0)).toBe(false);
  expect(byDefault(CHARACTER, MKNOD | WRITE, 4, 64)).toBe(false);
});

test("the type counts", () => {
  expect(byDefault(BLOCK, READ, 1, 3)).toBe(false);
});

test("no rule, nothing", () => {
  expect(allowed([], CHARACTER, READ, 1, 3)).toBe(false);
});
