import { expect, test } from "vitest";
import { replaceSourcePositions } from "../build-source-position.ts";
import { sourceHere } from "./source-position.ts";

test("under node the call finds its own line", () => {
  expect(sourceHere()).toBe("linux/source-position.test.ts:6");
});

test("the bundler writes the same position as a literal", () => {
  const text = 'import { sourceHere } from "x";\nconst at = [sourceHere(), sourceHere()];';
  expect(replaceSourcePositions(text, "a/b.ts").split("\n")[1]).toBe('const at = ["a/b.ts:2", "a/b.ts:2"];');
});
