import { expect, test } from "vitest";
import { languageOf } from "./language.ts";
import { NARRATED } from "./tables.ts";

const STEPS = Object.entries(NARRATED).flatMap(([operation, { steps, words }]) =>
  steps.map(({ name }) => ({ operation, name, words: words[name] })),
);

test.each(STEPS)(
  "$operation, $name: has a sentence in both languages, and a shell command or the reason why not",
  ({ words }) => {
    expect(words?.says.ko).toMatch(/[가-힣].*[.]$/);
    expect(words?.says.en).toMatch(/^[A-Z].*[.]$|^[A-Z].*: .*[.]$/);
    expect(words?.shell).toBeTypeOf("function");
  },
);

test.each(Object.entries(NARRATED))("%s: no words without a step", (_, { steps, words }) => {
  const names = new Set(steps.map(({ name }) => name));
  expect(Object.keys(words).filter((name) => !names.has(name))).toEqual([]);
});

test("the language is the first that is said", () => {
  expect(languageOf({})).toBe("en");
  expect(languageOf({ LANG: "ko_KR.UTF-8" })).toBe("ko");
  expect(languageOf({ LANG: "ko_KR.UTF-8", LC_ALL: "C" })).toBe("en");
  expect(languageOf({ LC_ALL: "C", BOX_LANG: "ko" })).toBe("ko");
});
