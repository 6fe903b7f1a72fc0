import { expect, test } from "vitest";
import { GuestMemory, NO_WORDS, walkList } from "./guest-memory.ts";

const BASE = 0xc0000000;

/** 4 KiB of RAM with words at offsets. */
function memoryWith(
  words: Readonly<Record<number, number>>,
  bytes: Readonly<Record<number, string>> = {},
): GuestMemory {
  const ram = new Uint8Array(4096);
  const view = new DataView(ram.buffer);
  for (const [at, value] of Object.entries(words)) view.setUint32(Number(at), value >>> 0, true);
  for (const [at, text] of Object.entries(bytes)) ram.set(Buffer.from(text, "latin1"), Number(at));
  const memory = new GuestMemory();
  memory.attach(ram);
  return memory;
}

test("a pointer is an offset when it lies in RAM and is aligned, else 0", () => {
  const memory = memoryWith({ 0: BASE + 64, 4: BASE + 4096, 8: 64, 12: BASE + 66, 16: 0, 20: BASE, 24: 0xffffffff });
  expect([0, 4, 8, 12, 16, 20, 24].map((at) => memory.pointer(at))).toEqual([64, 0, 0, 0, 0, 0, 0]);
  expect(memory.bytePointer(12)).toBe(66);
});

test("numbers of all widths, little-endian; outside RAM all are 0", () => {
  const memory = memoryWith({ 8: 0x89abcdef, 12: 0x00000002 });
  expect(memory.u32(8)).toBe(0x89abcdef);
  expect(memory.i32(8)).toBe(0x89abcdef | 0);
  expect([memory.u16(8), memory.u16(10)]).toEqual([0xcdef, 0x89ab]);
  expect(memory.u64(8)).toBe(0x2_89abcdef);
  expect([memory.u32(5000), memory.u64(4096), memory.pointer(1e9), memory.u16(-4)]).toEqual([0, 0, 0, 0]);
});

test("text ends at its NUL, at its limit, at the end of RAM; what is no UTF-8 is replaced", () => {
  const memory = memoryWith({}, { 16: "bash\0old", 32: "\xed\x95\x9c\xea\xb8\x80\0", 48: "a\xff\0", 4090: "abcdef" });
  expect(memory.text(16, 16)).toBe("bash");
  expect(memory.text(16, 2)).toBe("ba");
  expect(memory.text(32, 16)).toBe("한글");
  expect(memory.text(48, 16)).toBe("a\ufffd");
  expect(memory.text(4090, 64)).toBe("abcdef");
});

test("a view that is not word aligned is refused, a new one is taken", () => {
  const memory = memoryWith({ 0: 7 });
  expect(() => memory.attach(new Uint8Array(new ArrayBuffer(64), 2, 32))).toThrow("not word aligned");
  memory.attach(new Uint8Array(64));
  expect(memory.u32(0)).toBe(0);
});

function walked(memory: GuestMemory, limit = 100): { whole: boolean; nodes: number[] } {
  const nodes: number[] = [];
  const whole = walkList(memory, 16, limit, (node) => nodes.push(node) > 0);
  return { whole, nodes };
}

test("a list leads back to its head", () => {
  expect(walked(memoryWith({ 16: BASE + 32, 32: BASE + 48, 48: BASE + 16 }))).toEqual({ whole: true, nodes: [32, 48] });
  expect(walked(memoryWith({ 16: BASE + 16 }))).toEqual({ whole: true, nodes: [] });
});

test("a broken list ends: at a null, in a ring, at its limit, at an entry that cannot be on it", () => {
  expect(walked(memoryWith({ 16: BASE + 32, 32: 0 }))).toEqual({ whole: false, nodes: [32] });
  const ring = walked(memoryWith({ 16: BASE + 32, 32: BASE + 48, 48: BASE + 64, 64: BASE + 48 }), 1e9);
  expect(ring.whole).toBe(false);
  expect(ring.nodes.length).toBeLessThan(12);
  expect(walked(memoryWith({ 16: BASE + 32, 32: BASE + 48, 48: BASE + 16 }), 1)).toEqual({ whole: false, nodes: [32] });
  expect(walkList(memoryWith({ 16: BASE + 32, 32: BASE + 16 }), 16, 9, () => false)).toBe(false);
});

test("what was recorded holds until one of its words changes", () => {
  const ram = new Uint8Array(4096);
  const view = new DataView(ram.buffer);
  view.setUint32(8, BASE + 64, true);
  ram.set(Buffer.from("bash\0"), 65);
  const memory = new GuestMemory();
  memory.attach(ram);
  memory.record();
  expect([memory.pointer(8), memory.u64(16), memory.text(65, 16)]).toEqual([64, 0, "bash"]);
  const words = memory.recorded(NO_WORDS);
  expect(memory.holds(words)).toBe(true);
  for (const at of [8, 16, 20, 66, 69]) {
    const before = view.getUint8(at);
    view.setUint8(at, before ^ 1);
    expect(memory.holds(words), `byte ${at}`).toBe(false);
    view.setUint8(at, before);
  }
  view.setUint8(72, 1);
  expect(memory.holds(words)).toBe(true);
  expect(memory.holds(NO_WORDS)).toBe(false);
});

test("more words than are worth it are not remembered, and what is read outside RAM is", () => {
  const memory = memoryWith({});
  memory.record();
  for (let count = 0; count < 70_000; count++) memory.u8(count & 4095);
  expect(memory.recorded(NO_WORDS)).toBe(NO_WORDS);
  memory.record();
  expect(memory.u32(1e9)).toBe(0);
  expect(memory.holds(memory.recorded(NO_WORDS))).toBe(true);
});
