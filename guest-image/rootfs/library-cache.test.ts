import { expect, test } from "vitest";
import { compareLibraryNames, libraryCache } from "./library-cache.ts";

test.each([
  ["libc.so.6", "libc.so.10"],
  ["libm.so.6", "libmount.so.1"],
  ["libcap-ng.so.0", "libcap.so.2"],
  ["liba", "liba.so"],
  ["libdb-5.so", "libdb-5.3.so"],
])("%s comes before %s", (a, b) => {
  expect(compareLibraryNames(a, b)).toBeLessThan(0);
  expect(compareLibraryNames(b, a)).toBeGreaterThan(0);
  expect(compareLibraryNames(a, a)).toBe(0);
});

test("entries point at their strings, the last name first", () => {
  const bytes = Buffer.from(libraryCache(["liba.so.1", "libb.so.2"], "/lib/i386-linux-gnu"));
  const text = (at: number): string => bytes.subarray(at, bytes.indexOf(0, at)).toString("latin1");
  expect(bytes.subarray(0, 20).toString("latin1")).toBe("glibc-ld.so.cache1.1");
  expect(bytes.readUInt32LE(20)).toBe(2);
  expect(text(bytes.readUInt32LE(48 + 4))).toBe("libb.so.2");
  expect(text(bytes.readUInt32LE(48 + 24 + 8))).toBe("/lib/i386-linux-gnu/liba.so.1");
  expect(48 + 2 * 24 + bytes.readUInt32LE(24)).toBe(bytes.length);
});
