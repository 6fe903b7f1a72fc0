import { expect, test } from "vitest";
import { nameMatcher, parseFilters } from "./filter.ts";

test("values of one key are alternatives, labels are not", () => {
  const filters = parseFilters(["status=running", "status=exited", "label=a", "label=b=1"], ["status", "label"]);
  const holds = (status: string) => filters.matches("status", (value) => value === status);
  expect(["running", "exited", "paused"].map(holds)).toEqual([true, true, false]);
  expect(filters.matches("name", () => false)).toBe(true);
  expect(filters.matchesLabels({ a: "", b: "1" })).toBe(true);
  expect(filters.matchesLabels({ a: "", b: "2" })).toBe(false);
  expect(parseFilters(["label!=a"], ["label", "label!"]).matchesLabels({ a: "" })).toBe(false);
});

test("what is no filter", () => {
  expect(() => parseFilters(["x"], ["name"])).toThrow("bad format of filter (expected name=value)");
  expect(() => parseFilters(["x=1"], ["name"])).toThrow("invalid filter 'x'");
});

test("names by expression, with and without docker's slash", () => {
  expect(nameMatcher("^web$")("web")).toBe(true);
  expect(nameMatcher("^/web")("web")).toBe(true);
  expect(nameMatcher("eb")("web")).toBe(true);
  expect(nameMatcher("[")("[")).toBe(true);
  expect(nameMatcher("db")("web")).toBe(false);
});
