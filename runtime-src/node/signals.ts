/** os.constants.signals, and names for numbers and back. */
import { SIGNALS } from "../linux/signals.ts";

export const signals = SIGNALS;

export function signalNumber(signal: string | number | undefined): number {
  if (typeof signal === "number") return signal;
  const number = signals[signal ?? "SIGTERM"];
  if (number === undefined)
    throw Object.assign(new TypeError(`Unknown signal: ${signal}`), { code: "ERR_UNKNOWN_SIGNAL" });
  return number;
}

export function signalName(number: number): string {
  return Object.keys(signals).find((name) => signals[name] === number) ?? `SIG${number}`;
}
