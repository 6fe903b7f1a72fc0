/** docker's --since and --until: a timestamp, seconds since the epoch, or how long ago ("1h30m"). */
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

export function humanTimeMs(text: string, nowMs: number, flag: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (/^(?:\d+(?:\.\d+)?(?:ms|[hms]))+$/.test(text)) {
    let ago = 0;
    for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[hms])/g))
      ago += Number(count) * (UNIT_MS[unit ?? ""] ?? 0);
    return nowMs - ago;
  }
  const time = Date.parse(text.replace(/(\.\d{3})\d+/, "$1"));
  if (Number.isNaN(time))
    throw new Error(`invalid value for "${flag}": failed to parse value as time or duration: "${text}"`);
  return time;
}
