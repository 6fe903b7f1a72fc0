/**
 * Requests of rtnetlink(7): a header, a fixed part, attributes; each is answered by an error number, 0 for done.
 * Little endian, as the guest is.
 */
import { NETLINK_ROUTE } from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";

const HEADER_BYTES = 16;
const NLM_F_REQUEST = 1;
const NLM_F_ACK = 4;
const NLMSG_ERROR = 2;

export const align4 = (size: number): number => (size + 3) & ~3;

/** An attribute: number (u32), text (with its NUL), bytes, or nested attributes. */
export type AttributeValue = number | string | Uint8Array | readonly Attribute[];
export type Attribute = readonly [type: number, value: AttributeValue];

export function encodeAttributes(attributes: readonly Attribute[]): Uint8Array {
  const parts = attributes.map(([type, value]) => {
    const data = encodeValue(value);
    const bytes = new Uint8Array(align4(4 + data.length));
    const view = new DataView(bytes.buffer);
    view.setUint16(0, 4 + data.length, true);
    view.setUint16(2, type, true);
    bytes.set(data, 4);
    return bytes;
  });
  return joinBytes(parts);
}

function encodeValue(value: AttributeValue): Uint8Array {
  if (typeof value === "number") return new Uint8Array(new Uint32Array([value]).buffer);
  if (typeof value === "string") return Uint8Array.from(`${value}\0`, (c) => c.charCodeAt(0));
  return value instanceof Uint8Array ? value : encodeAttributes(value);
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function encodeRequest(type: number, flags: number, fixed: Uint8Array, attributes: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(HEADER_BYTES));
  header.setUint32(0, HEADER_BYTES + fixed.length + attributes.length, true);
  header.setUint16(4, type, true);
  header.setUint16(6, flags | NLM_F_REQUEST | NLM_F_ACK, true);
  header.setUint32(8, 1, true);
  return joinBytes([new Uint8Array(header.buffer), fixed, attributes]);
}

export class NetlinkError extends Error {
  /** As errno(3) counts. */
  readonly errno: number;

  constructor(what: string, errno: number) {
    super(`netlink(7) ${what}: error ${errno}`);
    this.errno = errno;
  }
}

export interface RouteSocket {
  readonly fd: number;
  /** Sends and waits for the answer; `what` names the request in an error. */
  readonly request: (what: string, message: Uint8Array) => void;
  readonly close: () => void;
}

/** The socket acts in the network namespace in which it was made. */
export function openRouteSocket(linux: LinuxCalls): RouteSocket {
  const fd = linux.netlinkSocket(NETLINK_ROUTE);
  return {
    fd,
    request(what, message) {
      linux.write(fd, message);
      const answer = linux.read(fd, 4096);
      const view = new DataView(answer.buffer, answer.byteOffset, answer.length);
      if (answer.length < 20 || view.getUint16(4, true) !== NLMSG_ERROR) {
        throw new NetlinkError(`${what}: not an answer`, 0);
      }
      const errno = -view.getInt32(HEADER_BYTES, true);
      if (errno !== 0) throw new NetlinkError(what, errno);
    },
    close: () => linux.close(fd),
  };
}
