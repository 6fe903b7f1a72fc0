import { expect, test } from "vitest";
import { changeConfig, durationNs } from "./config-change.ts";
import { parseContainerfile } from "./containerfile.ts";

const parse = (text: string) => parseContainerfile(text, "Containerfile");
const change = (text: string, config = {}) => {
  const [instruction] = parse(`FROM x\n${text}`).instructions.slice(1);
  if (!instruction) throw new Error("no instruction");
  return changeConfig(config, instruction, new Map([["V", "1"]]), "\\");
};

test("continuation lines, comments in between, the line an instruction begins at", () => {
  const { instructions } = parse('# a comment\nFROM debian\n\nRUN one \\\n  # not this\n\n  two\nCMD ["a", "b"]\n');
  expect(instructions.map(({ keyword, text, line }) => [keyword, text.replace(/\s+/g, " "), line])).toEqual([
    ["FROM", "debian", 2],
    ["RUN", "one two", 4],
    ["CMD", '["a", "b"]', 8],
  ]);
  expect(instructions[2]?.json).toEqual(["a", "b"]);
});

test("flags stand before arguments, and the escape directive is heard", () => {
  const { mark, instructions } = parse("# escape=`\nFROM a AS b\nCOPY --from=b --chown=1:2 x `\n y\n");
  expect(mark).toBe("`");
  expect([...(instructions[1]?.flags ?? [])]).toEqual([
    ["from", "b"],
    ["chown", "1:2"],
  ]);
  expect(instructions[1]?.text.split(/\s+/)).toEqual(["x", "y"]);
});

test.each([
  ["", /cannot be empty/],
  ["RUN x", /^Containerfile:1: no build stage/],
  ["FROM a\nFETCH x", /^Containerfile:2: unknown instruction: FETCH/],
  ["FROM a\nCOPY --owner=1 a b", /^Containerfile:2: unknown flag: --owner/],
  ["FROM a\n\nRUN", /^Containerfile:3: RUN requires at least one argument/],
  ["FROM a\nONBUILD RUN x", /^Containerfile:2: ONBUILD is not supported/],
  ["FROM a\nRUN <<EOF\nx\nEOF", /^Containerfile:2: here-documents are not supported/],
])("%j is refused with its place", (text, words) => {
  expect(() => parse(text)).toThrow(words);
});

test.each([
  ['ENV a=1 b="x y" c=$V', {}, { Env: ["a=1", "b=x y", "c=1"] }],
  ["ENV a two words", { Env: ["a=0", "z=1"] }, { Env: ["a=two words", "z=1"] }],
  ["CMD echo hi", {}, { Cmd: ["/bin/sh", "-c", "echo hi"] }],
  ['ENTRYPOINT ["a"]', {}, { Entrypoint: ["a"] }],
  ["EXPOSE 80 90-91/udp", {}, { ExposedPorts: { "80/tcp": {}, "90/udp": {}, "91/udp": {} } }],
  ["WORKDIR b/../c", { WorkingDir: "/a" }, { WorkingDir: "/a/c" }],
  ["LABEL x=1 y.z='2 3'", {}, { Labels: { x: "1", "y.z": "2 3" } }],
  ["VOLUME /data /more", {}, { Volumes: { "/data": {}, "/more": {} } }],
  ["STOPSIGNAL SIGQUIT", {}, { StopSignal: "SIGQUIT" }],
  [
    "HEALTHCHECK --interval=1m30s --retries=2 CMD true",
    {},
    { Healthcheck: { Test: ["CMD-SHELL", "true"], Interval: 90e9, Retries: 2 } },
  ],
])("%s", (text, config, changed) => {
  expect(change(text, config)).toEqual(changed);
});

test("durations are Go's", () => {
  expect(durationNs("1h0.5s")).toBe(3600.5e9);
  expect(() => durationNs("5")).toThrow(/invalid duration/);
});
