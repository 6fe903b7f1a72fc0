/** node:util */

import { isDeepStrictEqual } from "./deep-equal.ts";
import { format } from "./format.ts";
import { inspect } from "./inspect.ts";
import { parseArgs } from "./parse-args.ts";
import { TextDecoder, TextEncoder } from "./text-coding.ts";

type AnyFunction = (...args: never[]) => unknown;

const customPromisify: symbol = Symbol.for("nodejs.util.promisify.custom");

export function promisify(original: AnyFunction): (...args: unknown[]) => Promise<unknown> {
  const custom = (original as unknown as Record<symbol, unknown>)[customPromisify];
  if (typeof custom === "function") return custom as (...args: unknown[]) => Promise<unknown>;
  return function promisified(this: unknown, ...args: unknown[]) {
    return new Promise((resolve, reject) => {
      const done = (error: unknown, value: unknown): void => (error ? reject(error) : resolve(value));
      (original as (...values: unknown[]) => unknown).call(this, ...args, done);
    });
  };
}
promisify.custom = customPromisify;

export function callbackify(original: (...args: never[]) => Promise<unknown>): (...args: unknown[]) => void {
  return (...args) => {
    const done = args.pop() as (error: unknown, value?: unknown) => void;
    (original as (...values: unknown[]) => Promise<unknown>)(...args).then(
      (value) => done(null, value),
      (error) => done(error),
    );
  };
}

export function inherits(child: { prototype: object }, parent: { prototype: object }): void {
  Object.defineProperty(child, "super_", { value: parent, writable: true, configurable: true });
  Object.setPrototypeOf(child.prototype, parent.prototype);
}

export function deprecate<T extends AnyFunction>(original: T, message: string, code?: string): T {
  let warned = false;
  return function deprecated(this: unknown, ...args: unknown[]) {
    if (!warned) globalThis.process.emitWarning(`${code ? `[${code}] ` : ""}${message}`);
    warned = true;
    return (original as unknown as (...values: unknown[]) => unknown).apply(this, args);
  } as unknown as T;
}

export function stripVTControlCharacters(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it is for
  return text.replace(/[\u001b\u009b][[\]()#;?]*(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PR-TZcf-nq-uy=><~]/g, "");
}

export const types = {
  isDate: (value: unknown): boolean => value instanceof Date,
  isRegExp: (value: unknown): boolean => value instanceof RegExp,
  isPromise: (value: unknown): boolean => value instanceof Promise,
  isMap: (value: unknown): boolean => value instanceof Map,
  isSet: (value: unknown): boolean => value instanceof Set,
  isNativeError: (value: unknown): boolean => value instanceof Error,
  isUint8Array: (value: unknown): boolean => value instanceof Uint8Array,
  isTypedArray: (value: unknown): boolean => ArrayBuffer.isView(value) && !(value instanceof DataView),
  isArrayBuffer: (value: unknown): boolean => value instanceof ArrayBuffer,
};

export { format, inspect, isDeepStrictEqual, parseArgs, TextDecoder, TextEncoder };
export default {
  format,
  inspect,
  promisify,
  callbackify,
  inherits,
  deprecate,
  isDeepStrictEqual,
  parseArgs,
  stripVTControlCharacters,
  types,
  TextDecoder,
  TextEncoder,
};
