import { expect, test } from "vitest";
import { concatList } from "./encode.ts";

test("each frame lasts until the next one, the last until the end", () => {
  const frames = [
    { file: "/f/0.jpg", atMs: 1_000 },
    { file: "/f/1.jpg", atMs: 1_033 },
    { file: "/f/2.jpg", atMs: 4_000 },
  ];
  expect(concatList({ frames, endMs: 5_500 })).toBe(
    [
      "file '/f/0.jpg'\nduration 0.0330",
      "file '/f/1.jpg'\nduration 2.9670",
      "file '/f/2.jpg'\nduration 1.5000",
      "file '/f/2.jpg'\n",
    ].join("\n"),
  );
});
