/** What Node has on globalThis and ECMAScript has not, as far as the runtime's own code uses it: `box` starts with no more. */
import loop from "native:loop";
import { Buffer } from "./buffer.ts";
import { process } from "./process-object.ts";
import { TextDecoder, TextEncoder } from "./text-coding.ts";
import * as timers from "./timers.ts";

const startedAtMs = loop.nowMs();

const performance = {
  now: (): number => loop.nowMs() - startedAtMs,
  timeOrigin: Date.now(),
};

export function installCoreGlobals(): void {
  Object.assign(globalThis, {
    global: globalThis,
    process,
    Buffer,
    performance,
    TextEncoder,
    TextDecoder,
    queueMicrotask: loop.queueMicrotask,
    setTimeout: timers.setTimeout,
    setInterval: timers.setInterval,
    setImmediate: timers.setImmediate,
    clearTimeout: timers.clearTimeout,
    clearInterval: timers.clearInterval,
    clearImmediate: timers.clearImmediate,
  });
}
