import { describe, expect, test } from "vitest";
import { parseFence, writeFence } from "./fence.ts";
import { LAB_DEFAULTS, labOptions, PANELS } from "./lab.ts";
import { labUrl, readAddress } from "./lab-address.ts";

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
    ["lab: sandbox\npannel: tree", /line 2: pannel: unknown; keys are lab, panel, panels, command/],
    ["panels: layers, nework", /panels: nework: want one of glass, tree, .*, network, preview, timeline, log/],
    ["panel: tree\npanels: layers, network", /panel: tree: not one of panels: layers, network/],
    ["command: a\u0007b", /command: "a\\u0007b": want one line of text, at most 2000 characters/],
    ["command: ls\n".repeat(21), /command: 21 of them: want at most 20/],
    ["lab: ../../evil", /lab: \.\.\/\.\.\/evil: want one of sandbox, pid-namespace/],
    ["height: 99999", /height: 99999: want pixels from 320 to 1600/],
    ["site: https://evil.example", /site: unknown/],
  ])("%j is refused with a reason", (text, reason) => expect(() => parseFence(text)).toThrow(reason));
});

describe("a scene", () => {
  const commands = ["docker run -d --name web -p 8080:80 nginx", "printf '%s, ' a & # 가"];
  const scene = labOptions({ panels: "layers, network,layers", command: commands, theme: "light", lang: "en" });

  test("has the first of its panels in front, each once", () => {
    expect([scene.panel, scene.panels]).toEqual(["layers", ["layers", "network"]]);
    expect(labOptions({ panels: ["glass", "log"], panel: "log" })).toMatchObject({ panel: "log" });
  });

  test("comes back from its address and from its fence", () => {
    const url = new URL(labUrl("https://labs.example.org", scene));
    expect(url.search).toMatch(/^\?panels=layers,network&theme=light&command=docker\+run/);
    expect(readAddress(url)).toEqual({ ...scene, lang: LAB_DEFAULTS.lang });
    expect(parseFence(writeFence(scene).split("\n").slice(1, -1).join("\n"))).toEqual(scene);
  });

  test("takes a default for the front only where the fence leaves the choice of panels", () => {
    expect(parseFence("panels: layers, log", { panel: "tree" })).toMatchObject({ panel: "layers" });
    expect(parseFence("lab: sandbox", { panel: "tree" })).toMatchObject({ panel: "tree", panels: PANELS });
  });
});

describe("the lab's address", () => {
  test("is read with others' keys left alone, and refused where a value is wrong", () => {
    expect(readAddress({ search: "?utm_source=x&panel=log", hash: "" })).toMatchObject({ panel: "log" });
    expect(readAddress({ search: "", hash: "#panel=tree" })).toMatchObject({ panel: "tree" });
    expect(() => readAddress({ search: "?panels=layers,nothing", hash: "" })).toThrow(/panels: nothing: want one of/);
    expect(() => readAddress({ search: "?theme=blue", hash: "" })).toThrow(/theme: blue: want one of dark, light/);
  });

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
