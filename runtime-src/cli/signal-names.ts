/** Signals as docker reads them: KILL, SIGKILL, sigkill, 9. */
import { SIGNALS } from "../linux/signals.ts";

const LAST_SIGNAL = 64;

export function parseSignal(text: string): number {
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    if (number >= 1 && number <= LAST_SIGNAL) return number;
  }
  const name = text.toUpperCase();
  const number = SIGNALS[name.startsWith("SIG") ? name : `SIG${name}`];
  if (number === undefined) throw new Error(`invalid signal: ${text}`);
  return number;
}
