import type { Limit } from "../../lib/protocol/kernel-snapshot.ts";

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** Binary units, as the kernel counts: 104857600 -> "100 MiB". */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || Number.isInteger(value) || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** Decimal megabytes, as downloads are counted. */
export function formatMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

export function formatLimit(limit: Limit, format: (value: number) => string): string {
  return limit === "max" ? "max" : format(limit);
}

/** 20.4 -> "20", 0.42 -> "0.4": without the sign, a digit more where it would read 0. */
export function formatPercent(percent: number): string {
  if (percent < 0.05) return "0";
  return percent < 9.95 ? percent.toFixed(1) : percent.toFixed(0);
}

/** With the sign; "–" for what has not been measured yet. */
export function formatShare(percent: number | null): string {
  return percent === null ? "–" : `${formatPercent(percent)} %`;
}

export function formatSeconds(ms: number): string {
  return (ms / 1_000).toFixed(ms < 9_950 ? 1 : 0);
}

/** How long ago, short: 0.4, 12, then minutes as 2:05. */
export function formatAgo(ms: number): string {
  if (ms < 60_000) return formatSeconds(Math.max(0, ms));
  return `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1_000) % 60).padStart(2, "0")}`;
}
