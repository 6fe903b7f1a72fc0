// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is tested are such strings
import { expect, test } from "vitest";
import { expandWord, splitWords } from "./words.ts";

const env = new Map([
  ["A", "one"],
  ["EMPTY", ""],
]);

test.each([
  ["$A/x", "one/x"],
  ["${A}x", "onex"],
  ["$Ax", ""],
  ["\\$A", "$A"],
  ["'$A'", "$A"],
  ['"$A b"', "one b"],
  ['"\\$A"', "$A"],
  ["${B:-two}", "two"],
  ["${EMPTY:-two}", "two"],
  ["${EMPTY-two}", ""],
  ["${A:+set}", "set"],
  ["${B:+set}", ""],
  ["${B:-${A}}", "one"],
  ["a\\ b", "a b"],
  ["100$", "100$"],
])("%s is %s", (text, expanded) => {
  expect(expandWord(text, env)).toBe(expanded);
});

test.each([
  ["'open", /single-quote/],
  ['"open', /double-quote/],
  ["${A", /unsupported modifier|missing/],
  ["${B:?no B}", /B: no B/],
  ["${A!x}", /unsupported modifier/],
])("%s is refused", (text, words) => {
  expect(() => expandWord(text, env)).toThrow(words);
});

test("words are split at blanks outside of quotes", () => {
  expect(splitWords("a=1  b=\"x y\" c='p q' d=r\\ s")).toEqual(["a=1", 'b="x y"', "c='p q'", "d=r\\ s"]);
});
