import { expect, test } from "vitest";
import { stepLines } from "./step-lines.ts";

const FILE = `const steps = [
  {
    name: "one",
    source: sourceHere(),
    when: ({ spec }) => spec.wanted,
    run: ({ linux }) => linux.chdir("/"),
  },
  {
    name: "two",
    source: sourceHere(),
    run: (c) => {
      c.user = "root";

      run(c);
    },
    undo: () => {},
  },
  {
    name: "three",
    source: sourceHere(),
  },
  {
    name: "four",
    source: sourceHere(),
    run: ({ linux }) =>
      linux.mount(
        "proc",
      ),
  },
];`.split("\n");

test.each([
  ["one line", 4, { from: 6, to: 6 }],
  ["a body in braces", 10, { from: 11, to: 15 }],
  ["none: not that of the next step", 20, { from: 20, to: 20 }],
  ["a body on lines of its own", 24, { from: 25, to: 28 }],
  ["a line that the file does not have", 99, { from: 99, to: 99 }],
])("%s", (_, at, lines) => expect(stepLines(FILE, at)).toEqual(lines));
