import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { sha256 } from "./sha256.ts";

test.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1000])("%i bytes hash as node:crypto says", (size) => {
  const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 7 + size) & 255);
  expect(sha256(bytes)).toBe(createHash("sha256").update(bytes).digest("hex"));
});

test("text is hashed as UTF-8", () => {
  expect(sha256("그릇")).toBe(createHash("sha256").update("그릇").digest("hex"));
});
