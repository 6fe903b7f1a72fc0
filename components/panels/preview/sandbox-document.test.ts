import { expect, test } from "vitest";
import { sandboxDocument, shownAs } from "./sandbox-document.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("the policy comes before anything of the guest's", () => {
  const html = "<meta http-equiv=Content-Security-Policy content='default-src *'><script>alert(1)</script>";
  const document = sandboxDocument(html);
  expect(document.indexOf("default-src 'none'")).toBeLessThan(document.indexOf(html));
  expect(document.startsWith("<!doctype html>")).toBe(true);
});

test("a page only where the answer says so; text stays text; the rest is not shown", () => {
  expect(shownAs(bytes("<h1>hi"), [["Content-Type", "text/html; charset=utf-8"]])).toMatchObject({ kind: "page" });
  expect(shownAs(bytes("<h1>hi"), [["content-type", "text/plain"]])).toEqual({ kind: "text", text: "<h1>hi" });
  expect(shownAs(bytes('{"a":1}'), [["content-type", "application/json"]])).toMatchObject({ kind: "text" });
  expect(shownAs(bytes("<h1>hi"), [])).toEqual({ kind: "text", text: "<h1>hi" });
  expect(shownAs(Uint8Array.of(1, 0, 2), [])).toEqual({ kind: "bytes", size: 3 });
  expect(shownAs(bytes("x"), [["content-type", "image/png"]])).toEqual({ kind: "bytes", size: 1 });
  expect(shownAs(Uint8Array.of(0xc7, 0xd1), [["content-type", "text/plain; charset=euc-kr"]])).toEqual({
    kind: "text",
    text: "한",
  });
  expect(shownAs(bytes("x"), [["content-type", "text/plain; charset=no-such"]])).toEqual({ kind: "text", text: "x" });
});
