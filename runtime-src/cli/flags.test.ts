import { expect, test } from "vitest";
import { type Flag, parseFlags } from "./flags.ts";

const flags: readonly Flag[] = [
  { name: "detach", short: "d", kind: "bool", help: "" },
  { name: "interactive", short: "i", kind: "bool", help: "" },
  { name: "tty", short: "t", kind: "bool", help: "" },
  { name: "memory", short: "m", kind: "text", help: "" },
  { name: "env", short: "e", kind: "list", help: "" },
  { name: "publish", short: "p", kind: "list", help: "", refused: "no bridge" },
];
const parse = (...argv: string[]) => parseFlags(flags, argv, false);

test("short ones together, values in every spelling, the rest untouched", () => {
  const parsed = parse("-it", "-m100M", "-e", "A=1", "--env=B=2", "busybox", "-d", "ls", "--env");
  expect([parsed.bool("interactive"), parsed.bool("tty"), parsed.bool("detach")]).toEqual([true, true, false]);
  expect(parsed.text("memory")).toBe("100M");
  expect(parsed.list("env")).toEqual(["A=1", "B=2"]);
  expect(parsed.rest).toEqual(["busybox", "-d", "ls", "--env"]);
  expect(parse("-dm", "5m").text("memory")).toBe("5m");
  expect(parse("-m=5m").text("memory")).toBe("5m");
});

test("the last one counts, a bool can be given its value", () => {
  expect(parse("-m", "1m", "--memory", "2m").text("memory")).toBe("2m");
  expect(parse("--tty=false").bool("tty")).toBe(false);
});

test("-- ends flags, interspersed finds them among the words", () => {
  expect(parse("-d", "--", "-x").rest).toEqual(["-x"]);
  const parsed = parseFlags(flags, ["one", "-d", "two"], true);
  expect([parsed.rest, parsed.bool("detach")]).toEqual([["one", "two"], true]);
});

test.each([
  [["--nope"], "unknown flag: --nope"],
  [["-dx"], "unknown shorthand flag: 'x' in -dx"],
  [["--memory"], "flag needs an argument: --memory"],
  [["-dm"], "flag needs an argument: 'm' in -dm"],
  [
    ["--tty=maybe"],
    'invalid argument "maybe" for "-t, --tty" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
  ],
  [["-p", "80:80"], "-p, --publish is not supported: no bridge"],
])("%j: %s", (argv, message) => {
  expect(() => parse(...argv)).toThrow(message);
});
