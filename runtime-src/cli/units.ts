/** Sizes and numbers as docker's client reads and prints them (go-units). */
const POWERS = ["", "k", "m", "g", "t", "p"];

/** "100M", "1.5g", "64kb", "1048576" -> bytes. */
export function parseSizeBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i.exec(text);
  if (!match) throw new Error(`invalid size: '${text}'`);
  const bytes = Math.floor(Number(match[1]) * 1024 ** POWERS.indexOf((match[2] ?? "").toLowerCase()));
  if (!Number.isSafeInteger(bytes)) throw new Error(`invalid size: '${text}' is too large`);
  return bytes;
}

export function parseInteger(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new Error(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text);
}

const scaled = (value: number, base: number, units: readonly string[], digits: number): string => {
  let unit = 0;
  let rest = value;
  while (rest >= base && unit < units.length - 1) {
    rest /= base;
    unit++;
  }
  return `${Number(rest.toPrecision(digits))}${units[unit]}`;
};

/** "4.43MB", as `docker images`. */
export const humanSize = (bytes: number): string => scaled(bytes, 1000, ["B", "kB", "MB", "GB", "TB"], 3);
/** "100MiB", as `docker stats`. */
export const binarySize = (bytes: number): string => scaled(bytes, 1024, ["B", "KiB", "MiB", "GiB", "TiB"], 4);

/** "About a minute", "3 hours": go-units' HumanDuration. */
export function humanDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return "Less than a second";
  if (seconds === 1) return "1 second";
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  const hours = Math.round(minutes / 60);
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`;
  return `${Math.floor(hours / 24 / 365)} years`;
}
