/** docker's --health-* over the image's HEALTHCHECK. */
import type { HealthCheck } from "../container/state.ts";
import type { ParsedFlags } from "./flags.ts";
import type { ImageConfig } from "./image-config.ts";
import { parsed } from "./parsed-flag.ts";
import { parseInteger } from "./units.ts";

const NANOS = 1_000_000;
const DEFAULT_MS = { interval: 30_000, timeout: 30_000, startPeriod: 0, startInterval: 5_000 };
const DEFAULT_RETRIES = 3;
const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, ms: 1, s: 1000, us: 0.001, ns: 0.000001 };

/** Go's durations: "1m30s", "500ms". */
export function parseDurationMs(text: string): number {
  if (text === "0") return 0;
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|ms|s|m|h))+$/.test(text)) throw new Error(`time: invalid duration "${text}"`);
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)/g)) {
    total += Number(count) * (UNIT_MS[unit ?? ""] ?? 0);
  }
  return total;
}

const FLAGS = [
  "health-cmd",
  "health-interval",
  "health-timeout",
  "health-retries",
  "health-start-period",
  "health-start-interval",
];

export function healthOf(flags: ParsedFlags, { Healthcheck }: ImageConfig): HealthCheck | null {
  const given = FLAGS.filter((name) => flags.given(name));
  if (flags.bool("no-healthcheck")) {
    if (given.length > 0) throw new Error("--no-healthcheck conflicts with --health-* options");
    return null;
  }
  // Read also where nothing is checked: what cannot be is refused, not ignored.
  const duration = (flag: string): number | null => {
    const value = parsed(flags, flag, parseDurationMs);
    if (value !== null && value > 0 && value < 1) throw new Error(`--${flag} cannot be less than 1ms`);
    return value;
  };
  const own = {
    interval: duration("health-interval"),
    timeout: duration("health-timeout"),
    startPeriod: duration("health-start-period"),
    startInterval: duration("health-start-interval"),
    retries: parsed(flags, "health-retries", parseInteger),
  };
  if (own.retries !== null && own.retries < 0) throw new Error("--health-retries cannot be negative");
  const command = flags.text("health-cmd");
  const test = command ? ["CMD-SHELL", command] : (Healthcheck?.Test ?? []);
  if (test.length === 0 || test[0] === "NONE") return null;
  const ofImage = (nanos: number | undefined): number => (nanos ?? 0) / NANOS;
  return {
    test,
    intervalMs: own.interval || ofImage(Healthcheck?.Interval) || DEFAULT_MS.interval,
    timeoutMs: own.timeout || ofImage(Healthcheck?.Timeout) || DEFAULT_MS.timeout,
    startPeriodMs: own.startPeriod || ofImage(Healthcheck?.StartPeriod) || DEFAULT_MS.startPeriod,
    startIntervalMs: own.startInterval || ofImage(Healthcheck?.StartInterval) || DEFAULT_MS.startInterval,
    retries: own.retries || Healthcheck?.Retries || DEFAULT_RETRIES,
  };
}
