import { expect, test } from "vitest";
import { globExpression, parseIgnore } from "./ignore.ts";

test.each([
  ["*.md", "a.md", true],
  ["*.md", "b/a.md", false],
  ["**/*.md", "b/c/a.md", true],
  ["**/*.md", "a.md", true],
  ["a?c", "abc", true],
  ["[ab]x", "bx", true],
  ["a.c", "abc", false],
  ["src/**", "src/a/b", true],
])("%s and %s", (pattern, path, matches) => {
  expect(globExpression(pattern).test(path)).toBe(matches);
});

test("later lines win, folders take what is in them along", () => {
  const ignored = parseIgnore("# comment\nnode_modules\n*.log\n!keep.log\n/build/\n");
  expect(["node_modules/a/b", "x.log", "keep.log", "build/x", "src/build/x", "a"].map(ignored)).toEqual([
    true,
    true,
    false,
    true,
    false,
    false,
  ]);
});
