import { expect, test } from "vitest";
import {
  fullName,
  isReference,
  nameToGive,
  normalizeReference,
  referenceFault,
  repositoryOf,
  tagOf,
} from "./reference.ts";

test.each([
  ["busybox", "busybox:latest"],
  ["docker.io/library/busybox:1", "busybox:1"],
  ["docker.io/me/app", "me/app:latest"],
  ["host:5000/a/b", "host:5000/a/b:latest"],
])("%s is %s", (given, normal) => {
  expect(normalizeReference(given)).toBe(normal);
  expect(isReference(given)).toBe(true);
});

test.each(["", "Busybox", "a b", "a//b", "-a", "a:", "a:b:c", "a@sha256:12", "a/../b", "x".repeat(300)])(
  "%s is no reference",
  (given) => {
    expect(referenceFault(given)).toMatch(/^invalid reference format/);
  },
);

test("a name is not an id", () => {
  expect(() => nameToGive("a".repeat(64))).toThrow(/ambiguous/);
  expect(() => nameToGive("UPPER")).toThrow(/must be lowercase/);
  expect(nameToGive("a/b:c")).toBe("a/b:c");
});

test("repository, tag, and the whole name for other tools", () => {
  expect([repositoryOf("host:5000/a:1"), tagOf("host:5000/a:1")]).toEqual(["host:5000/a", "1"]);
  expect(fullName("busybox:latest")).toBe("docker.io/library/busybox:latest");
  expect(fullName("me/app:1")).toBe("docker.io/me/app:1");
  expect(fullName("host.example/app:1")).toBe("host.example/app:1");
});
