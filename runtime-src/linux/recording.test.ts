import { expect, test } from "vitest";
import { recordingLinux } from "./recording.ts";

test("calls are recorded in order with their arguments", () => {
  const { linux, calls, names } = recordingLinux();
  const fd = linux.open("/x", 0);
  linux.mount(null, "/proc", "proc", 0, null);
  linux.close(fd);
  expect(names()).toEqual(["open", "mount", "close"]);
  expect(calls[2]?.args).toEqual([fd]);
});

test("a programmed failure hits the nth call, once", () => {
  const { linux, fail } = recordingLinux();
  fail("mount", "EPERM", { nth: 2 });
  linux.mount(null, "/a", null, 0, null);
  expect(() => linux.mount(null, "/b", null, 0, null)).toThrow(
    expect.objectContaining({ code: "EPERM", errno: -1, syscall: "mount", path: "/b" }),
  );
  linux.mount(null, "/c", null, 0, null);
});

test("a child runs only when asked", () => {
  let ran = 0;
  const child = (): number => ++ran;
  recordingLinux().linux.clone3({ flags: 0 }, child);
  expect(ran).toBe(0);
  recordingLinux({ runChildren: true }).linux.clone3({ flags: 0 }, child);
  expect(ran).toBe(1);
});

test("what was registered can be fired until it is disposed", () => {
  const { linux, fire } = recordingLinux();
  const seen: unknown[] = [];
  const watch = linux.onExit(7, (result) => seen.push(result));
  fire("onExit", 7, { exitCode: 137 });
  watch.dispose();
  fire("onExit", 7);
  expect(seen).toEqual([{ pid: 7, exitCode: 137, signal: null }]);
});
