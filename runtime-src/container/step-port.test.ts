import { expect, test } from "vitest";
import { recordingLinux } from "../linux/recording.ts";
import { forgetPendingSteps, openStepPort, stepReporter } from "./step-port.ts";
import { runSteps, type Step } from "./steps.ts";

const step = (name: string, args: Step<string>["args"]): Step<string> => ({
  name,
  part: "cgroup",
  syscall: "mkdir",
  args,
  source: "container/step-port.test.ts:1",
  run: () => {},
});

test("each step is a line of the protocol, all of a table in one write", () => {
  const { linux, of } = recordingLinux();
  const port = openStepPort(linux, "/dev/hvc3");
  const table = [step("fixed", () => ['a "quoted" word']), step("own", (context) => [context])];
  runSteps(table, "this one", stepReporter(linux, port, { id: "ab".repeat(32), name: "web" }, "start"));
  const writes = of("writeKept").map(({ args }) => args[1] as string);
  expect(writes).toHaveLength(1);
  const lines = (writes[0] ?? "").trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      v: 1,
      id: "ab".repeat(32),
      name: "web",
      operation: "start",
      index: 1,
      total: 2,
      step: "fixed",
      part: "cgroup",
      phase: "done",
      syscall: "mkdir",
      args: ['a "quoted" word'],
      error: null,
      source: "container/step-port.test.ts:1",
      atMs: 0,
    },
    expect.objectContaining({ index: 2, step: "own", args: ["this one"] }),
  ]);
});

test("lines go out when the first of them is old, a child forgets its parent's", () => {
  const { linux, of, answer } = recordingLinux();
  let nowMs = 0;
  answer("bootTimeMs", () => (nowMs += 20.5));
  const reporter = stepReporter(linux, 7, { id: "", name: "" }, "start");
  const report = () =>
    reporter.report(
      step("s", () => []),
      "",
      { index: 1, total: 1, phase: "done", error: null },
    );
  report();
  report();
  expect(of("writeKept")).toHaveLength(0);
  report();
  expect(of("writeKept")).toHaveLength(1);
  report();
  forgetPendingSteps(linux);
  reporter.flush();
  expect(of("writeKept")).toHaveLength(1);
});

test("a port that fails does not fail the container", () => {
  const { linux, fail } = recordingLinux();
  fail("writeKept", "EAGAIN");
  expect(() => runSteps([step("s", () => [])], "", stepReporter(linux, 7, { id: "", name: "" }, "x"))).not.toThrow();
});
