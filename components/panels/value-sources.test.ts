import { expect, it } from "vitest";
import { shellQuote } from "./value-sources.ts";

it("leaves plain paths as they are", () => {
  expect(shellQuote("/sys/fs/cgroup/box/3f9c/memory.max")).toBe("/sys/fs/cgroup/box/3f9c/memory.max");
});

it("quotes what a shell would act on", () => {
  expect(shellQuote("/sys/fs/cgroup/$(reboot)'x")).toBe("'/sys/fs/cgroup/$(reboot)'\\''x'");
});

it("holds no byte that a terminal would take for a key", () => {
  expect(shellQuote("/a\nreboot\x03\u202e")).toBe("'/a?reboot??'");
});
