/** node:assert: ok, equal, deepEqual and their strict and not forms, throws, rejects, match. Messages are shorter than Node's. */
import { isDeepLooseEqual, isDeepStrictEqual } from "./deep-equal.ts";
import { inspect } from "./inspect.ts";

export class AssertionError extends Error {
  readonly code = "ERR_ASSERTION";
  readonly actual: unknown;
  readonly expected: unknown;
  readonly operator: string;
  readonly generatedMessage: boolean;

  constructor(options: { message?: string | undefined; actual?: unknown; expected?: unknown; operator: string }) {
    super(options.message ?? `${inspect(options.actual)} ${options.operator} ${inspect(options.expected)}`);
    this.name = "AssertionError";
    this.actual = options.actual;
    this.expected = options.expected;
    this.operator = options.operator;
    this.generatedMessage = options.message === undefined;
  }
}

type Message = string | Error | undefined;
type Check = (actual: unknown, expected: unknown) => boolean;

function comparison(operator: string, holds: Check): (actual: unknown, expected: unknown, message?: Message) => void {
  return (actual, expected, message) => {
    if (holds(actual, expected)) return;
    if (message instanceof Error) throw message;
    throw new AssertionError({ message, actual, expected, operator });
  };
}

export function ok(value: unknown, message?: Message): void {
  if (value) return;
  if (message instanceof Error) throw message;
  throw new AssertionError({
    message: message ?? "The expression evaluated to a falsy value",
    actual: value,
    expected: true,
    operator: "==",
  });
}

export function fail(message: Message = "Failed"): never {
  if (message instanceof Error) throw message;
  throw new AssertionError({ message, operator: "fail" });
}

// biome-ignore lint/suspicious/noDoubleEquals: assert.equal is ==
const looseEqual: Check = (a, b) => a == b || (Number.isNaN(a) && Number.isNaN(b));

export const equal = comparison("==", looseEqual);
export const notEqual = comparison("!=", (a, b) => !looseEqual(a, b));
export const strictEqual = comparison("strictEqual", Object.is);
export const notStrictEqual = comparison("notStrictEqual", (a, b) => !Object.is(a, b));
export const deepEqual = comparison("deepEqual", isDeepLooseEqual);
export const notDeepEqual = comparison("notDeepEqual", (a, b) => !isDeepLooseEqual(a, b));
export const deepStrictEqual = comparison("deepStrictEqual", isDeepStrictEqual);
export const notDeepStrictEqual = comparison("notDeepStrictEqual", (a, b) => !isDeepStrictEqual(a, b));
export const match = comparison("match", (text, pattern) => (pattern as RegExp).test(String(text)));
export const doesNotMatch = comparison("doesNotMatch", (text, pattern) => !(pattern as RegExp).test(String(text)));

type Expected = RegExp | (new (...args: never[]) => Error) | ((error: unknown) => boolean) | Record<string, unknown>;

function isClass(value: object): value is new (...args: never[]) => Error {
  return typeof value === "function" && (value === Error || value.prototype instanceof Error);
}

function checkError(error: unknown, expected: Expected | undefined, message: Message): void {
  if (expected === undefined) return;
  if (expected instanceof RegExp) match(String(error), expected, message);
  else if (isClass(expected)) {
    if (!(error instanceof expected)) throw error;
  } else if (typeof expected === "function") {
    ok(
      (expected as (error: unknown) => boolean)(error) === true,
      message ?? "the validation function did not return true",
    );
  } else {
    for (const [key, value] of Object.entries(expected)) {
      const found = (error as Record<string, unknown>)[key];
      if (value instanceof RegExp && typeof found === "string") match(found, value, message);
      else deepStrictEqual(found, value, message);
    }
  }
}

export function throws(action: () => unknown, expected?: Expected | string, message?: Message): void {
  const wanted = typeof expected === "string" ? undefined : expected;
  try {
    action();
  } catch (error) {
    checkError(error, wanted, message);
    return;
  }
  fail(typeof expected === "string" ? expected : (message ?? "Missing expected exception."));
}

export function doesNotThrow(action: () => unknown): void {
  action();
}

export async function rejects(
  action: Promise<unknown> | (() => Promise<unknown>),
  expected?: Expected | string,
  message?: Message,
): Promise<void> {
  try {
    await (typeof action === "function" ? action() : action);
  } catch (error) {
    checkError(error, typeof expected === "string" ? undefined : expected, message);
    return;
  }
  fail(message ?? "Missing expected rejection.");
}

export function ifError(value: unknown): void {
  if (value !== null && value !== undefined) throw value;
}

const functions = {
  AssertionError,
  ok,
  fail,
  equal,
  notEqual,
  strictEqual,
  notStrictEqual,
  deepEqual,
  notDeepEqual,
  deepStrictEqual,
  notDeepStrictEqual,
  match,
  doesNotMatch,
  throws,
  doesNotThrow,
  rejects,
  ifError,
};

export const strict = Object.assign((value: unknown, message?: Message): void => ok(value, message), functions, {
  equal: strictEqual,
  notEqual: notStrictEqual,
  deepEqual: deepStrictEqual,
  notDeepEqual: notDeepStrictEqual,
});

const assert = Object.assign((value: unknown, message?: Message): void => ok(value, message), functions, { strict });
export default assert;
