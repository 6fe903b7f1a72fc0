/** node:events: EventEmitter, once, on is missing (API.md). Follows Node's "Events" chapter: order, `error`, newListener. */
import { wrongType } from "./received.ts";

const DEFAULT_MAX_LISTENERS = 10;
export const errorMonitor: symbol = Symbol("events.errorMonitor");

type Listener = (...args: never[]) => void;
type EventName = string | symbol;

interface Entry {
  readonly listener: Listener;
  readonly once: boolean;
}

export class EventEmitter {
  #entries = new Map<EventName, Entry[]>();

  on(name: EventName, listener: Listener): this {
    return this.#add(name, { listener, once: false }, false);
  }

  addListener(name: EventName, listener: Listener): this {
    return this.on(name, listener);
  }

  once(name: EventName, listener: Listener): this {
    return this.#add(name, { listener, once: true }, false);
  }

  prependListener(name: EventName, listener: Listener): this {
    return this.#add(name, { listener, once: false }, true);
  }

  prependOnceListener(name: EventName, listener: Listener): this {
    return this.#add(name, { listener, once: true }, true);
  }

  #add(name: EventName, entry: Entry, first: boolean): this {
    if (typeof entry.listener !== "function") {
      throw wrongType('"listener"', "of type function", entry.listener);
    }
    if (this.#entries.has("newListener")) this.emit("newListener", name, entry.listener);
    const list = this.#entries.get(name) ?? [];
    this.#entries.set(name, first ? [entry, ...list] : [...list, entry]);
    return this;
  }

  off(name: EventName, listener: Listener): this {
    const list = this.#entries.get(name);
    const index = list?.findLastIndex((entry) => entry.listener === listener) ?? -1;
    if (!list || index < 0) return this;
    const rest = list.filter((_, at) => at !== index);
    if (rest.length > 0) this.#entries.set(name, rest);
    else this.#entries.delete(name);
    if (this.#entries.has("removeListener")) this.emit("removeListener", name, listener);
    return this;
  }

  removeListener(name: EventName, listener: Listener): this {
    return this.off(name, listener);
  }

  removeAllListeners(name?: EventName): this {
    if (name === undefined) this.#entries.clear();
    else this.#entries.delete(name);
    return this;
  }

  emit(name: EventName, ...args: unknown[]): boolean {
    const list = this.#entries.get(name);
    if (name === "error") this.#monitorError(args, list);
    if (!list) return false;
    for (const entry of list) {
      if (entry.once) this.off(name, entry.listener);
      (entry.listener as (...values: unknown[]) => void).apply(this, args);
    }
    return true;
  }

  #monitorError(args: unknown[], list: Entry[] | undefined): void {
    if (this.#entries.has(errorMonitor)) this.emit(errorMonitor, ...args);
    if (list) return;
    if (args[0] instanceof Error) throw args[0];
    const error = new Error(`Unhandled error. (${String(args[0])})`);
    throw Object.assign(error, { code: "ERR_UNHANDLED_ERROR", context: args[0] });
  }

  listenerCount(name: EventName): number {
    return this.#entries.get(name)?.length ?? 0;
  }

  listeners(name: EventName): Listener[] {
    return (this.#entries.get(name) ?? []).map((entry) => entry.listener);
  }

  rawListeners(name: EventName): Listener[] {
    return this.listeners(name);
  }

  eventNames(): EventName[] {
    return [...this.#entries.keys()];
  }

  setMaxListeners(_count: number): this {
    return this;
  }

  getMaxListeners(): number {
    return DEFAULT_MAX_LISTENERS;
  }
}

/** Resolves with the arguments of the next `name`; rejects on "error" before it. */
export function once(emitter: EventEmitter, name: EventName): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const onError = (error: unknown): void => {
      emitter.off(name, onEvent);
      reject(error);
    };
    const onEvent = (...args: unknown[]): void => {
      emitter.off("error", onError);
      resolve(args);
    };
    emitter.once(name, onEvent);
    if (name !== "error") emitter.once("error", onError);
  });
}

// assigned here, not as static fields: the bundler renames a class that has some, and its name shows in traces
export default Object.assign(EventEmitter, {
  EventEmitter,
  once,
  errorMonitor,
  defaultMaxListeners: DEFAULT_MAX_LISTENERS,
});
