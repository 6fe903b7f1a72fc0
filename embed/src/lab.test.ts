import { describe, expect, test } from "vitest";
import { parseFence } from "./fence.ts";
import { LAB_DEFAULTS, labOptions, labUrl } from "./lab.ts";

describe("a fence", () => {
  test("is key: value lines, with defaults for the rest", () => {
    expect(parseFence("lab: pid-namespace\npanel: tree\n\n# a note\nheight: 640px\n")).toEqual({
      ...LAB_DEFAULTS,
      lab: "pid-namespace",
      panel: "tree",
      height: 640,
    });
  });

  test.each([
    ["lab pid-namespace", /line 1: lab pid-namespace: want "key: value"/],
    ["lab: sandbox\npannel: tree", /line 2: pannel: unknown; keys are lab, panel/],
    ["lab: ../../evil", /lab: \.\.\/\.\.\/evil: want one of sandbox, pid-namespace/],
    ["height: 99999", /height: 99999: want pixels from 320 to 1600/],
    ["site: https://evil.example", /site: unknown/],
  ])("%j is refused with a reason", (text, reason) => expect(() => parseFence(text)).toThrow(reason));
});

describe("the lab's address", () => {
  test("lies below the site's path", () => {
    const options = labOptions({ lab: "pid-namespace", panel: "tree", lang: "en", theme: "light" });
    expect(labUrl("https://example.org/glassbox/", options)).toBe(
      "https://example.org/glassbox/en/embed/pid-namespace/?panel=tree&theme=light",
    );
    expect(labUrl("https://labs.example.org", LAB_DEFAULTS)).toBe(
      "https://labs.example.org/ko/embed/sandbox/?panel=glass&theme=dark",
    );
  });

  test("is a web address only", () => {
    expect(() => labUrl("javascript:alert(1)", LAB_DEFAULTS)).toThrow(/want an http\(s\) URL/);
  });
});
