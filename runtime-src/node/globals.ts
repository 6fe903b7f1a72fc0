/** What Node has on globalThis and ECMAScript has not. */
import loop from "native:loop";
import text from "native:text";
import { AbortController, AbortSignal } from "./abort-controller.ts";
import { Buffer } from "./buffer.ts";
import { console } from "./console.ts";
import { process } from "./process.ts";
import { structuredClone } from "./structured-clone.ts";
import { TextDecoder, TextEncoder } from "./text-coding.ts";
import * as timers from "./timers.ts";
import { URL } from "./url.ts";

const startedAtMs = loop.nowMs();

const performance = {
  now: (): number => loop.nowMs() - startedAtMs,
  timeOrigin: Date.now(),
};

export function installGlobals(): void {
  Object.assign(globalThis, {
    global: globalThis,
    process,
    Buffer,
    console,
    performance,
    TextEncoder,
    TextDecoder,
    URL,
    AbortController,
    AbortSignal,
    structuredClone,
    queueMicrotask: loop.queueMicrotask,
    setTimeout: timers.setTimeout,
    setInterval: timers.setInterval,
    setImmediate: timers.setImmediate,
    clearTimeout: timers.clearTimeout,
    clearInterval: timers.clearInterval,
    clearImmediate: timers.clearImmediate,
    btoa: (binary: string): string => text.decode(text.encode(binary, 1), 5, 0, Number.POSITIVE_INFINITY),
    atob: (base64: string): string => text.decode(text.encode(base64, 5), 1, 0, Number.POSITIVE_INFINITY),
  });
}
