/** DNS messages (RFC 1035) as far as a resolver of container names needs them: one question in, answers out. Pure. */

export const TYPE_A = 1;
export const TYPE_PTR = 12;
export const TYPE_AAAA = 28;
const CLASS_IN = 1;
const HEADER_BYTES = 12;
const MAX_NAME = 255;
/** A name that stands at the question's place (4.1.4). */
const POINTER_TO_QUESTION = [0xc0, HEADER_BYTES];

export const NOERROR = 0;
export const SERVFAIL = 2;
export const NXDOMAIN = 3;

export interface Question {
  readonly id: number;
  /** Lower case, without the last dot. */
  readonly name: string;
  readonly type: number;
  /** Where the question ends in the message. */
  readonly end: number;
}

/** null for what is no plain query. */
export function parseQuestion(message: Uint8Array): Question | null {
  if (message.length < HEADER_BYTES + 5) return null;
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const isQuery = (view.getUint16(2) & 0xf800) === 0;
  if (!isQuery || view.getUint16(4) !== 1) return null;
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (;;) {
    const size = message[at] ?? 64;
    if (size > 63 || at + 1 + size + 4 > message.length || at > MAX_NAME + HEADER_BYTES) return null;
    at++;
    if (size === 0) break;
    labels.push(String.fromCharCode(...message.subarray(at, at + size)));
    at += size;
  }
  if (view.getUint16(at + 2) !== CLASS_IN) return null;
  return { id: view.getUint16(0), name: labels.join(".").toLowerCase(), type: view.getUint16(at), end: at + 4 };
}

export interface Answer {
  readonly type: number;
  readonly data: Uint8Array;
}

const TTL_SECONDS = 600;

function record({ type, data }: Answer): number[] {
  const ttl = [TTL_SECONDS >>> 24, (TTL_SECONDS >>> 16) & 255, (TTL_SECONDS >>> 8) & 255, TTL_SECONDS & 255];
  return [...POINTER_TO_QUESTION, 0, type, 0, CLASS_IN, ...ttl, data.length >> 8, data.length & 255, ...data];
}

export function encodeAnswer(
  query: Uint8Array,
  { end }: Question,
  code: number,
  answers: readonly Answer[],
): Uint8Array {
  const wantsRecursion = (query[2] ?? 0) & 1;
  const header = [
    query[0] ?? 0,
    query[1] ?? 0,
    0x80 | wantsRecursion,
    0x80 | code,
    0,
    1,
    0,
    answers.length,
    0,
    0,
    0,
    0,
  ];
  return new Uint8Array([...header, ...query.subarray(HEADER_BYTES, end), ...answers.flatMap(record)]);
}

export function encodeName(name: string): Uint8Array {
  const bytes = name.split(".").flatMap((label) => [label.length, ...Array.from(label, (c) => c.charCodeAt(0))]);
  return new Uint8Array([...bytes, 0]);
}

/** "2.0.18.172.in-addr.arpa" -> "172.18.0.2" */
export function addressOfPointer(name: string): string | null {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa$/.exec(name);
  return match ? `${match[4]}.${match[3]}.${match[2]}.${match[1]}` : null;
}
