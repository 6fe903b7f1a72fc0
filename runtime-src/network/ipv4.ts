/** IPv4 addresses and CIDR blocks (RFC 4632): text, numbers, and the four bytes that the kernel wants. Pure. */

export interface Subnet {
  /** The block's first address. */
  readonly base: number;
  readonly prefix: number;
}

/** null for anything that is no address. */
export function parseAddress(text: string): number | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!match) return null;
  let value = 0;
  for (let i = 1; i <= 4; i++) {
    const byte = Number(match[i]);
    if (byte > 255) return null;
    value = value * 256 + byte;
  }
  return value;
}

export const formatAddress = (value: number): string =>
  `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;

export const addressBytes = (value: number): Uint8Array =>
  new Uint8Array([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);

export const sizeOf = ({ prefix }: Subnet): number => 2 ** (32 - prefix);

/** The address with the block's host bits cleared. */
const baseOf = (address: number, prefix: number): number => {
  const size = 2 ** (32 - prefix);
  return Math.floor(address / size) * size;
};

export function parseCidr(text: string): { readonly address: number; readonly subnet: Subnet } | null {
  const at = text.indexOf("/");
  const address = at < 0 ? null : parseAddress(text.slice(0, at));
  const digits = text.slice(at + 1);
  if (address === null || !/^\d{1,2}$/.test(digits) || Number(digits) > 32) return null;
  const prefix = Number(digits);
  return { address, subnet: { base: baseOf(address, prefix), prefix } };
}

export const formatSubnet = ({ base, prefix }: Subnet): string => `${formatAddress(base)}/${prefix}`;
export const broadcastOf = (subnet: Subnet): number => subnet.base + sizeOf(subnet) - 1;

export const contains = (subnet: Subnet, address: number): boolean =>
  address >= subnet.base && address <= broadcastOf(subnet);

export const overlaps = (a: Subnet, b: Subnet): boolean => contains(a, b.base) || contains(b, a.base);

/** docker's hardware address for an address: 02:42 and its four bytes. */
export const macOfAddress = (address: number): string => formatMac([0x02, 0x42, ...addressBytes(address)]);

export const formatMac = (bytes: ArrayLike<number>): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");

export function parseMac(text: string): Uint8Array | null {
  if (!/^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$/.test(text)) return null;
  return Uint8Array.from(text.split(":"), (byte) => Number.parseInt(byte, 16));
}
