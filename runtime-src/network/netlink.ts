/**
 * netlink(7): a header, a fixed part, attributes; several messages travel in one write(2). Only the last of a batch asks
 * for an acknowledgement, an error always comes: so a batch costs one write and one read. Little endian, as the guest is.
 */
import { NETLINK_NETFILTER, NETLINK_ROUTE } from "../linux/constants.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";

const HEADER_BYTES = 16;
const NLM_F_REQUEST = 1;
const NLM_F_ACK = 4;
export const NLM_F_DUMP = 0x300;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
export const NLM_F_APPEND = 0x800;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const RECEIVE_BYTES = 32_768;

export const align4 = (size: number): number => (size + 3) & ~3;

/** An attribute: number (u32), text (with its NUL), bytes, or nested attributes. */
export type AttributeValue = number | string | Uint8Array | readonly Attribute[];
export type Attribute = readonly [type: number, value: AttributeValue];

export function encodeAttributes(attributes: readonly Attribute[]): Uint8Array {
  const values = attributes.map(([, value]) => encodeValue(value));
  const bytes = new Uint8Array(values.reduce((size, value) => size + align4(4 + value.length), 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  attributes.forEach(([type], i) => {
    const value = values[i] as Uint8Array;
    view.setUint16(at, 4 + value.length, true);
    view.setUint16(at + 2, type, true);
    bytes.set(value, at + 4);
    at += align4(4 + value.length);
  });
  return bytes;
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

/** One message; sequence number and the wish for an acknowledgement are set when it is sent. */
export function encodeRequest(
  type: number,
  flags: number,
  fixed: Uint8Array,
  attributes: readonly Attribute[] = [],
): Uint8Array {
  const encoded = encodeAttributes(attributes);
  const bytes = new Uint8Array(HEADER_BYTES + align4(fixed.length) + encoded.length);
  const header = new DataView(bytes.buffer);
  header.setUint32(0, bytes.length, true);
  header.setUint16(4, type, true);
  header.setUint16(6, flags | NLM_F_REQUEST, true);
  bytes.set(fixed, HEADER_BYTES);
  bytes.set(encoded, HEADER_BYTES + align4(fixed.length));
  return bytes;
}

const ERRNO_NAMES: Readonly<Record<number, string>> = {
  1: "EPERM",
  2: "ENOENT",
  12: "ENOMEM",
  16: "EBUSY",
  17: "EEXIST",
  19: "ENODEV",
  22: "EINVAL",
  28: "ENOSPC",
  95: "EOPNOTSUPP",
  99: "EADDRNOTAVAIL",
  101: "ENETUNREACH",
};

export class NetlinkError extends Error {
  /** As errno(3) counts. */
  readonly errno: number;
  readonly code: string;

  constructor(what: string, errno: number) {
    const code = ERRNO_NAMES[errno] ?? `error ${errno}`;
    super(`netlink(7) ${what}: ${code}`);
    this.errno = errno;
    this.code = code;
  }
}

/** A message that came: its type, and what follows the header. */
export interface Received {
  readonly type: number;
  readonly body: Uint8Array;
}

export interface NetlinkSocket {
  readonly fd: number;
  /** Sends all in one write and waits until the kernel has done them; the first error is thrown. `what` names it. */
  readonly request: (what: string, ...messages: readonly Uint8Array[]) => void;
  /** The same for what stands in a frame of its own (nf_tables): the last message, the frame's end, is not answered. */
  readonly requestFramed: (what: string, messages: readonly Uint8Array[]) => void;
  /** Sends one message with NLM_F_DUMP and returns what comes. */
  readonly dump: (what: string, message: Uint8Array) => Received[];
  readonly close: () => void;
}

/** The socket acts in the network namespace in which it was made. */
export const openRouteSocket = (linux: LinuxCalls): NetlinkSocket => openSocket(linux, NETLINK_ROUTE);
export const openNetfilterSocket = (linux: LinuxCalls): NetlinkSocket => openSocket(linux, NETLINK_NETFILTER);

function openSocket(linux: LinuxCalls, protocol: number): NetlinkSocket {
  const fd = linux.netlinkSocket(protocol);
  let seq = 0;
  /** Returns the sequence number of the message that got the flags. */
  const send = (messages: readonly Uint8Array[], flags: number, unflagged = 0): number => {
    const bytes = joinBytes(messages);
    const view = new DataView(bytes.buffer);
    const flagged = messages.length - 1 - unflagged;
    const first = seq + 1;
    let at = 0;
    messages.forEach((message, i) => {
      view.setUint32(at + 8, ++seq, true);
      if (i === flagged) view.setUint16(at + 6, view.getUint16(at + 6, true) | flags, true);
      at += message.length;
    });
    linux.write(fd, bytes);
    return first + flagged;
  };
  const awaitAnswer = (what: string, wanted: number): void => {
    for (;;) {
      for (const { type, seq: answered, body } of split(linux.read(fd, RECEIVE_BYTES))) {
        if (type !== NLMSG_ERROR) continue;
        const errno = -new DataView(body.buffer, body.byteOffset).getInt32(0, true);
        if (errno !== 0) throw new NetlinkError(what, errno);
        if (answered === wanted) return;
      }
    }
  };
  return {
    fd,
    request: (what, ...messages) => awaitAnswer(what, send(messages, NLM_F_ACK)),
    requestFramed: (what, messages) => awaitAnswer(what, send(messages, NLM_F_ACK, 1)),
    dump(what, message) {
      send([message], NLM_F_DUMP);
      const received: Received[] = [];
      for (;;) {
        for (const { type, body } of split(linux.read(fd, RECEIVE_BYTES))) {
          if (type === NLMSG_DONE) return received;
          if (type !== NLMSG_ERROR) {
            received.push({ type, body });
            continue;
          }
          throw new NetlinkError(what, -new DataView(body.buffer, body.byteOffset).getInt32(0, true));
        }
      }
    },
    close: () => linux.close(fd),
  };
}

function* split(bytes: Uint8Array): Generator<Received & { readonly seq: number }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const size = view.getUint32(at, true);
    if (size < HEADER_BYTES || at + size > bytes.length) throw new NetlinkError("answer cut short", 0);
    const body = bytes.subarray(at + HEADER_BYTES, at + size);
    yield { type: view.getUint16(at + 4, true), seq: view.getUint32(at + 8, true), body };
    at += align4(size);
  }
}

/** Attributes by type; nested ones stay bytes. The kernel's flags on the type (NLA_F_NESTED) are dropped. */
export function decodeAttributes(bytes: Uint8Array): Map<number, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found = new Map<number, Uint8Array>();
  for (let at = 0; at + 4 <= bytes.length; ) {
    const size = view.getUint16(at, true);
    if (size < 4) break;
    found.set(view.getUint16(at + 2, true) & 0x3fff, bytes.subarray(at + 4, at + size));
    at += align4(size);
  }
  return found;
}
