/** node:timers over the engine's loop. Callbacks get their arguments, timers can be unref'ed, 0 ms is 1 ms, as in Node. */
import loop from "native:loop";
import { wrongType } from "./received.ts";

type Callback = (...args: never[]) => void;

export class Timeout {
  #id: number;
  #ref = true;
  readonly #start: () => number;

  constructor(callback: Callback, delayMs: number, args: unknown[], repeat: boolean) {
    const run = (): void => (callback as (...values: unknown[]) => void)(...args);
    this.#start = () => loop.setTimer(delayMs, run, repeat);
    this.#id = this.#start();
  }

  ref(): this {
    this.#ref = true;
    loop.refTimer(this.#id, true);
    return this;
  }

  unref(): this {
    this.#ref = false;
    loop.refTimer(this.#id, false);
    return this;
  }

  hasRef(): boolean {
    return this.#ref;
  }

  refresh(): this {
    loop.clearTimer(this.#id);
    this.#id = this.#start();
    if (!this.#ref) loop.refTimer(this.#id, false);
    return this;
  }

  close(): this {
    loop.clearTimer(this.#id);
    return this;
  }

  [Symbol.toPrimitive](): number {
    return this.#id;
  }
}

export class Immediate {
  cancelled = false;
}

function checked(callback: unknown): Callback {
  if (typeof callback === "function") return callback as Callback;
  throw wrongType('"callback"', "of type function", callback);
}

export function setTimeout(callback: Callback, delayMs = 1, ...args: unknown[]): Timeout {
  return new Timeout(checked(callback), Number(delayMs), args, false);
}

export function setInterval(callback: Callback, delayMs = 1, ...args: unknown[]): Timeout {
  return new Timeout(checked(callback), Number(delayMs), args, true);
}

export function clearTimeout(timer: Timeout | number | undefined | null): void {
  if (timer instanceof Timeout) timer.close();
  else if (timer !== undefined && timer !== null) loop.clearTimer(Number(timer));
}

export const clearInterval = clearTimeout;

export function setImmediate(callback: Callback, ...args: unknown[]): Immediate {
  const immediate = new Immediate();
  checked(callback);
  loop.setImmediate(() => {
    if (!immediate.cancelled) (callback as (...values: unknown[]) => void)(...args);
  });
  return immediate;
}

export function clearImmediate(immediate: Immediate | undefined): void {
  if (immediate) immediate.cancelled = true;
}

export default { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate };
