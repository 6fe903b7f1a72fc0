import { expect, it } from "vitest";
import { containerOf, learnNames } from "./names-store.ts";

const ID = "652b5a076184192161791d4b4cb19193103003d5b2a33c22a7f2581fa0c5b41f";
const { names } = learnNames({ names: new Map() }, [{ id: ID, name: "web" }]);

it("names a cgroup by the container whose it is, and those below it", () => {
  expect(containerOf("/box/652b5a076184", names)?.name).toBe("web");
  expect(containerOf("/box/652b5a076184/workers", names)?.name).toBe("web");
});

it("falls back to the id, and leaves other groups alone", () => {
  expect(containerOf("/box/a10b52c4de90", names)?.name).toBe("a10b52c4de90");
  expect(containerOf("/demo", names)).toBe(null);
  expect(containerOf("/box", names)).toBe(null);
});

it("is the same state when there is nothing to learn", () => {
  const state = { names };
  expect(learnNames(state, [{ id: ID, name: "web" }])).toBe(state);
  expect(learnNames(state, [{ id: "", name: "busybox:latest" }])).toBe(state);
});
