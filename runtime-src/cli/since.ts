/** docker's --since: a timestamp, seconds since the epoch, or how long ago ("1h30m"). */
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

export function humanTimeMs(text: string, nowMs: number): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (/^(?:\d+(?:\.\d+)?[hms])+$/.test(text)) {
    let ago = 0;
    for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)([hms])/g))
      ago += Number(count) * (UNIT_MS[unit ?? ""] ?? 0);
    return nowMs - ago;
  }
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new Error(`invalid value for "since": failed to parse value as time or duration: "${text}"`);
  return time;
}
