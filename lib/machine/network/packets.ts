/**
 * Ethernet, ARP (RFC 826), IPv4 (RFC 791) and TCP (RFC 9293) as far as the page's end of the guest's network adapter
 * needs them: frames in, frames out. Pure; what is malformed or not for us reads as null.
 */
export const PAGE_ADDRESS = 0x0a_00_02_02;
export const GUEST_ADDRESS = 0x0a_00_02_0f;
/** Locally administered. */
export const PAGE_MAC = Uint8Array.of(0x02, 0x67, 0x6c, 0x61, 0x73, 0x73);
const BROADCAST = new Uint8Array(6).fill(0xff);

const ETHERNET_BYTES = 14;
const IP_BYTES = 20;
const TCP_BYTES = 20;
const TYPE_IPV4 = 0x0800;
const TYPE_ARP = 0x0806;
const PROTOCOL_TCP = 6;

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const PSH = 8;
export const ACK = 16;

export interface Segment {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
  readonly window: number;
  readonly data: Uint8Array;
}

export interface Arp {
  readonly operation: "request" | "reply";
  readonly senderMac: Uint8Array;
  readonly senderAddress: number;
  readonly targetAddress: number;
}

export type Packet = { readonly type: "arp"; readonly arp: Arp } | { readonly type: "tcp"; readonly segment: Segment };

export function parseFrame(frame: Uint8Array): Packet | null {
  if (frame.length < ETHERNET_BYTES) return null;
  const type = ((frame[12] ?? 0) << 8) | (frame[13] ?? 0);
  const body = frame.subarray(ETHERNET_BYTES);
  if (type === TYPE_ARP) return parseArp(body);
  return type === TYPE_IPV4 ? parseIp(body) : null;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

function parseArp(body: Uint8Array): Packet | null {
  if (body.length < 28) return null;
  const view = viewOf(body);
  if (view.getUint16(0) !== 1 || view.getUint16(2) !== TYPE_IPV4 || view.getUint16(4) !== 0x0604) return null;
  const operation = view.getUint16(6);
  if (operation !== 1 && operation !== 2) return null;
  const arp: Arp = {
    operation: operation === 1 ? "request" : "reply",
    senderMac: body.slice(8, 14),
    senderAddress: view.getUint32(14),
    targetAddress: view.getUint32(24),
  };
  return { type: "arp", arp };
}

function parseIp(body: Uint8Array): Packet | null {
  if (body.length < IP_BYTES) return null;
  const view = viewOf(body);
  const headerBytes = ((body[0] ?? 0) & 15) * 4;
  const totalBytes = view.getUint16(2);
  const isFragment = (view.getUint16(6) & 0x3fff) !== 0;
  const isOurs = view.getUint32(12) === GUEST_ADDRESS && view.getUint32(16) === PAGE_ADDRESS;
  if ((body[0] ?? 0) >> 4 !== 4 || headerBytes < IP_BYTES || totalBytes > body.length || isFragment || !isOurs)
    return null;
  if (body[9] !== PROTOCOL_TCP || totalBytes < headerBytes + TCP_BYTES) return null;
  return parseTcp(body.subarray(headerBytes, totalBytes));
}

function parseTcp(body: Uint8Array): Packet | null {
  const view = viewOf(body);
  const headerBytes = ((body[12] ?? 0) >> 4) * 4;
  if (headerBytes < TCP_BYTES || headerBytes > body.length) return null;
  const segment: Segment = {
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    seq: view.getUint32(4),
    ack: view.getUint32(8),
    flags: (body[13] ?? 0) & 63,
    window: view.getUint16(14),
    data: body.slice(headerBytes),
  };
  return { type: "tcp", segment };
}

function ethernet(to: Uint8Array, type: number, bodyBytes: number): Uint8Array {
  // Shorter ones are padded, as a card would.
  const frame = new Uint8Array(Math.max(60, ETHERNET_BYTES + bodyBytes));
  frame.set(to);
  frame.set(PAGE_MAC, 6);
  frame.set([type >> 8, type & 255], 12);
  return frame;
}

export function arpFrame(operation: Arp["operation"], to: Uint8Array | null): Uint8Array {
  const frame = ethernet(to ?? BROADCAST, TYPE_ARP, 28);
  const view = viewOf(frame.subarray(ETHERNET_BYTES));
  view.setUint16(0, 1);
  view.setUint16(2, TYPE_IPV4);
  view.setUint16(4, 0x0604);
  view.setUint16(6, operation === "request" ? 1 : 2);
  frame.set(PAGE_MAC, ETHERNET_BYTES + 8);
  view.setUint32(14, PAGE_ADDRESS);
  if (to) frame.set(to, ETHERNET_BYTES + 18);
  view.setUint32(24, GUEST_ADDRESS);
  return frame;
}

/** RFC 1071: the ones' complement sum of 16-bit words. */
function checksum(bytes: Uint8Array, start = 0): number {
  let sum = start;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

export function tcpFrame(to: Uint8Array, segment: Segment, mss: number | null): Uint8Array {
  const optionBytes = mss === null ? 0 : 4;
  const tcpBytes = TCP_BYTES + optionBytes + segment.data.length;
  const frame = ethernet(to, TYPE_IPV4, IP_BYTES + tcpBytes);
  const ip = frame.subarray(ETHERNET_BYTES, ETHERNET_BYTES + IP_BYTES);
  const ipView = viewOf(ip);
  ip[0] = 0x45;
  ipView.setUint16(2, IP_BYTES + tcpBytes);
  ipView.setUint16(6, 0x4000);
  ip.set([64, PROTOCOL_TCP], 8);
  ipView.setUint32(12, PAGE_ADDRESS);
  ipView.setUint32(16, GUEST_ADDRESS);
  ipView.setUint16(10, checksum(ip));
  const tcp = frame.subarray(ETHERNET_BYTES + IP_BYTES, ETHERNET_BYTES + IP_BYTES + tcpBytes);
  const view = viewOf(tcp);
  view.setUint16(0, segment.sourcePort);
  view.setUint16(2, segment.destinationPort);
  view.setUint32(4, segment.seq);
  view.setUint32(8, segment.ack);
  tcp.set([((TCP_BYTES + optionBytes) / 4) << 4, segment.flags], 12);
  view.setUint16(14, segment.window);
  if (mss !== null) tcp.set([2, 4, mss >> 8, mss & 255], TCP_BYTES);
  tcp.set(segment.data, TCP_BYTES + optionBytes);
  const pseudo = [PAGE_ADDRESS, GUEST_ADDRESS].reduce((sum, address) => sum + (address >>> 16) + (address & 0xffff), 0);
  view.setUint16(16, checksum(tcp, pseudo + PROTOCOL_TCP + tcpBytes));
  return frame;
}
