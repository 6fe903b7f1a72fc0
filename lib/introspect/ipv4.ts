/** IPv4 addresses as they lie in memory (network byte order) to their dotted form. */
export function dotted(word: number): string {
  return `${word & 0xff}.${(word >>> 8) & 0xff}.${(word >>> 16) & 0xff}.${word >>> 24}`;
}

/** A 16-bit port in network byte order. */
export const portOf = (value: number): number => ((value & 0xff) << 8) | ((value >>> 8) & 0xff);
