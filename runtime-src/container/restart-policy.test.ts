import { expect, test } from "vitest";
import { parseRestartPolicy, RestartBackoff } from "./restart-policy.ts";

const ended = { exitCode: 1, ranMs: 0, restartCount: 0, stopRequested: false };

test("policies as docker writes them", () => {
  expect(parseRestartPolicy("on-failure:3")).toEqual({ name: "on-failure", maximumRetryCount: 3 });
  expect(parseRestartPolicy("").name).toBe("no");
});

test.each([
  ["sometimes", "unknown policy 'sometimes'"],
  ["always:3", "maximum retry count can only be used with 'on-failure'"],
  ["on-failure:x", "must be an integer"],
  ["on-failure:-1", "cannot be negative"],
  ["on-failure:1:2", "must be an integer"],
  [":1", "no policy provided before colon"],
])("no policy: %s", (text, words) => expect(() => parseRestartPolicy(text)).toThrow(words));

test("the wait doubles up to a minute and starts anew after a long run", () => {
  const backoff = new RestartBackoff();
  const policy = parseRestartPolicy("always");
  const waits = Array.from({ length: 12 }, () => backoff.next(policy, ended));
  expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000, 60000]);
  expect(backoff.next(policy, { ...ended, ranMs: 10_001 })).toBe(100);
});

test("what is not started again", () => {
  const next = (policy: string, run: Partial<typeof ended>) =>
    new RestartBackoff().next(parseRestartPolicy(policy), { ...ended, ...run });
  expect(next("no", {})).toBeNull();
  expect(next("always", { stopRequested: true })).toBeNull();
  expect(next("unless-stopped", { exitCode: 0 })).toBe(100);
  expect(next("on-failure", { exitCode: 0 })).toBeNull();
  expect(next("on-failure:2", { restartCount: 1 })).toBe(100);
  expect(next("on-failure:2", { restartCount: 2 })).toBeNull();
});
