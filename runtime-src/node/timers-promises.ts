/** node:timers/promises */
import { setImmediate as immediate, setTimeout as timeout } from "./timers.ts";

export function setTimeout<T>(delayMs?: number, value?: T): Promise<T> {
  return new Promise((resolve) => timeout(() => resolve(value as T), delayMs));
}

export function setImmediate<T>(value?: T): Promise<T> {
  return new Promise((resolve) => immediate(() => resolve(value as T)));
}

export default { setTimeout, setImmediate };
