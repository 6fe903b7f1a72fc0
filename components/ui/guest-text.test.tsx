import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { cleanGuestText, GuestText } from "./guest-text.tsx";

describe("cleanGuestText", () => {
  it("leaves ordinary text alone, Hangul included", () => {
    expect(cleanGuestText("nginx: 일꾼 🐧")).toBe("nginx: 일꾼 🐧");
  });

  it("makes control bytes visible", () => {
    expect(cleanGuestText("a\x1b]0;x\x07\x7f\x9b")).toBe("a␛]0;x␇␡\\x9b");
  });

  it("spells out marks that reorder or hide text", () => {
    expect(cleanGuestText("a\u202Eb\u200Bc")).toBe("a‹U+202E›b‹U+200B›c");
  });

  it("bounds the length by characters, not by halves of them", () => {
    expect(cleanGuestText("🐧".repeat(5), 3)).toBe("🐧🐧🐧…");
    expect(cleanGuestText("가".repeat(85), 85)).toBe("가".repeat(85));
  });
});

describe("GuestText", () => {
  it("shows markup as text, with its own direction", () => {
    expect(renderToStaticMarkup(<GuestText text={"<img src=x onerror=alert(1)>"} />)).toBe(
      "<bdi>&lt;img src=x onerror=alert(1)&gt;</bdi>",
    );
  });
});
