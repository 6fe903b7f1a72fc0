import { expect, test } from "vitest";
import { runSteps, type Step, StepError } from "./steps.ts";

interface Context {
  readonly calls: string[];
  readonly failAt?: string;
  readonly failUndo?: string;
}

const table: readonly Step<Context>[] = ["a", "b", "skipped", "c"].map((name) => ({
  name,
  part: null,
  syscall: `sys_${name}`,
  args: () => [name],
  source: "steps.test.ts:1",
  when: () => name !== "skipped",
  run: (context) => {
    if (context.failAt === name) throw Object.assign(new Error(`no ${name}`), { code: "EPERM" });
    context.calls.push(name);
  },
  undo: (context) => {
    if (context.failUndo === name) throw new Error(`cannot undo ${name}`);
    context.calls.push(`-${name}`);
  },
}));

function attempt(options: Partial<Context>) {
  const context: Context = { calls: [], ...options };
  const reports: string[] = [];
  let error: unknown = null;
  try {
    runSteps(table, context, {
      report: ({ name }, _, { index, total, phase }) => reports.push(`${index}/${total} ${name} ${phase}`),
      flush: () => {},
    });
  } catch (caught) {
    error = caught;
  }
  return { calls: context.calls, error, reports };
}

test("steps run in order, those that do not hold are not counted", () => {
  expect(attempt({})).toEqual({
    calls: ["a", "b", "c"],
    error: null,
    reports: ["1/3 a done", "2/3 b done", "3/3 c done"],
  });
});

test("a failure undoes the steps before it in reverse, not the failed one", () => {
  const { calls, error, reports } = attempt({ failAt: "c" });
  expect(calls).toEqual(["a", "b", "-b", "-a"]);
  expect((error as Error).message).toBe("c: no c");
  expect(reports).toEqual(["1/3 a done", "2/3 b done", "3/3 c failed", "2/3 b undone", "1/3 a undone"]);
});

test("a failure while undoing goes on undoing, and both are told", () => {
  const { calls, error } = attempt({ failAt: "c", failUndo: "b" });
  expect(calls).toEqual(["a", "b", "-a"]);
  expect(error).toBeInstanceOf(StepError);
  expect((error as Error).message).toBe("c: no c; undoing it failed too: cannot undo b");
});

test("what was done can be undone later", () => {
  const context: Context = { calls: [] };
  expect(runSteps(table, context, { report: () => {}, flush: () => {} }).undo()).toEqual([]);
  expect(context.calls).toEqual(["a", "b", "c", "-c", "-b", "-a"]);
});
