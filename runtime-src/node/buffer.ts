/** node:buffer: Buffer over Uint8Array. Encodings are done by the engine (engine/mod_text.c). */
import text from "native:text";
import { wrongType } from "./received.ts";

const ENCODINGS: Readonly<Record<string, number>> = {
  utf8: 0,
  "utf-8": 0,
  latin1: 1,
  binary: 1,
  ascii: 2,
  utf16le: 3,
  "utf-16le": 3,
  ucs2: 3,
  "ucs-2": 3,
  hex: 4,
  base64: 5,
  base64url: 6,
};

const MAX_INSPECTED_BYTES = 50;

export function encodingNumber(encoding: string | null | undefined): number {
  const number = ENCODINGS[encoding ?? "utf8"] ?? ENCODINGS[(encoding ?? "utf8").toLowerCase()];
  if (number === undefined)
    throw Object.assign(new TypeError(`Unknown encoding: ${encoding}`), { code: "ERR_UNKNOWN_ENCODING" });
  return number;
}

type BufferSource = string | ArrayLike<number> | ArrayBufferLike | Uint8Array | { type: "Buffer"; data: number[] };

/** The same memory, as a Buffer. */
function wrap(bytes: Uint8Array): Buffer {
  return new Buffer(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
}

export class Buffer extends Uint8Array {
  static override from(source: BufferSource | Iterable<number>, encodingOrOffset?: unknown, length?: unknown): Buffer {
    if (typeof source === "string") return wrap(text.encode(source, encodingNumber(encodingOrOffset as string)));
    if (source instanceof ArrayBuffer)
      return new Buffer(source, encodingOrOffset as number | undefined, length as number | undefined);
    if (source === null || typeof source !== "object") {
      throw wrongType(
        "first",
        "of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object",
        source,
      );
    }
    const data = "type" in source && source.type === "Buffer" ? source.data : (source as ArrayLike<number>);
    return wrap(Uint8Array.from(data));
  }

  static alloc(size: number, fill?: string | number | Uint8Array, encoding?: string): Buffer {
    const buffer = new Buffer(size as never);
    return fill === undefined ? buffer : buffer.fill(fill as string, 0, size, encoding);
  }

  static allocUnsafe(size: number): Buffer {
    return new Buffer(size as never);
  }

  static allocUnsafeSlow(size: number): Buffer {
    return new Buffer(size as never);
  }

  static isBuffer(value: unknown): value is Buffer {
    return value instanceof Buffer;
  }

  static isEncoding(encoding: unknown): boolean {
    return typeof encoding === "string" && ENCODINGS[encoding.toLowerCase()] !== undefined;
  }

  static byteLength(value: string | ArrayBufferView | ArrayBuffer, encoding?: string): number {
    if (typeof value !== "string") return value.byteLength;
    const number = encodingNumber(encoding);
    if (number === 0) return text.utf8Size(value);
    if (number === 4) return value.length >>> 1;
    return number >= 5 ? (value.replace(/=+$/, "").length * 3) >>> 2 : text.encode(value, number).length;
  }

  static concat(list: readonly Uint8Array[], totalLength?: number): Buffer {
    const size = totalLength ?? list.reduce((sum, part) => sum + part.length, 0);
    const whole = Buffer.alloc(size);
    let at = 0;
    for (const part of list) {
      if (at >= size) break;
      whole.set(part.length > size - at ? part.subarray(0, size - at) : part, at);
      at += part.length;
    }
    return whole;
  }

  static compare(a: Uint8Array, b: Uint8Array): -1 | 0 | 1 {
    const length = Math.min(a.length, b.length);
    for (let i = 0; i < length; i++) {
      const difference = (a[i] as number) - (b[i] as number);
      if (difference !== 0) return difference < 0 ? -1 : 1;
    }
    return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
  }

  override toString(encoding?: string, start = 0, end = this.length): string {
    return text.decode(this, encodingNumber(encoding), start, end);
  }

  /** `<Buffer 68 69>`, at most 50 bytes. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    const shown = text.decode(this, 4, 0, MAX_INSPECTED_BYTES).replace(/(..)(?!$)/g, "$1 ");
    const more = this.length - MAX_INSPECTED_BYTES;
    return `<Buffer ${shown}${more > 0 ? ` ... ${more} more byte${more > 1 ? "s" : ""}` : ""}>`;
  }

  toJSON(): { type: "Buffer"; data: number[] } {
    return { type: "Buffer", data: Array.from(this) };
  }

  equals(other: Uint8Array): boolean {
    return Buffer.compare(this, other) === 0;
  }

  compare(other: Uint8Array): -1 | 0 | 1 {
    return Buffer.compare(this, other);
  }

  /** Node's slice shares memory. */
  override slice(start?: number, end?: number): Buffer {
    return this.subarray(start, end);
  }

  override subarray(start?: number, end?: number): Buffer {
    return super.subarray(start, end) as Buffer;
  }

  copy(target: Uint8Array, targetStart = 0, start = 0, end = this.length): number {
    const count = Math.max(0, Math.min(end - start, target.length - targetStart));
    target.set(super.subarray(start, start + count), targetStart);
    return count;
  }

  write(value: string, offset?: number | string, length?: number | string, encoding?: string): number {
    if (typeof offset === "string") return this.write(value, 0, this.length, offset);
    if (typeof length === "string") return this.write(value, offset, this.length, length);
    const at = offset ?? 0;
    const bytes = text.encode(value, encodingNumber(encoding));
    let count = Math.min(bytes.length, length ?? this.length, this.length - at);
    // no half characters
    if (encodingNumber(encoding) === 0 && count < bytes.length)
      while (count > 0 && ((bytes[count] as number) & 0xc0) === 0x80) count--;
    this.set(bytes.subarray(0, count), at);
    return count;
  }

  override fill(value: string | number | Uint8Array, start = 0, end = this.length, encoding?: string): this {
    if (typeof value === "number") return super.fill(value & 255, start, end) as this;
    const pattern = typeof value === "string" ? text.encode(value, encodingNumber(encoding)) : value;
    if (pattern.length === 0) return super.fill(0, start, end) as this;
    for (let i = start; i < end; i++) this[i] = pattern[(i - start) % pattern.length] as number;
    return this;
  }

  #needle(value: string | number | Uint8Array, encoding?: string): Uint8Array {
    if (typeof value === "number") return Uint8Array.of(value & 255);
    return typeof value === "string" ? text.encode(value, encodingNumber(encoding)) : value;
  }

  override indexOf(value: string | number | Uint8Array, from = 0, encoding?: string): number {
    const needle = this.#needle(value, encoding);
    const first = from < 0 ? Math.max(0, this.length + from) : from;
    if (needle.length === 0) return Math.min(first, this.length);
    for (let at = super.indexOf(needle[0] as number, first); at >= 0; at = super.indexOf(needle[0] as number, at + 1))
      if (Buffer.compare(super.subarray(at, at + needle.length), needle) === 0) return at;
    return -1;
  }

  override includes(value: string | number | Uint8Array, from = 0, encoding?: string): boolean {
    return this.indexOf(value, from, encoding) >= 0;
  }

  #view(): DataView {
    return new DataView(this.buffer, this.byteOffset, this.byteLength);
  }

  readUInt8(offset = 0): number {
    return this.#view().getUint8(offset);
  }
  readInt8(offset = 0): number {
    return this.#view().getInt8(offset);
  }
  readUInt16LE(offset = 0): number {
    return this.#view().getUint16(offset, true);
  }
  readUInt16BE(offset = 0): number {
    return this.#view().getUint16(offset);
  }
  readInt16LE(offset = 0): number {
    return this.#view().getInt16(offset, true);
  }
  readInt16BE(offset = 0): number {
    return this.#view().getInt16(offset);
  }
  readUInt32LE(offset = 0): number {
    return this.#view().getUint32(offset, true);
  }
  readUInt32BE(offset = 0): number {
    return this.#view().getUint32(offset);
  }
  readInt32LE(offset = 0): number {
    return this.#view().getInt32(offset, true);
  }
  readInt32BE(offset = 0): number {
    return this.#view().getInt32(offset);
  }
  readBigUInt64LE(offset = 0): bigint {
    return this.#view().getBigUint64(offset, true);
  }
  readBigUInt64BE(offset = 0): bigint {
    return this.#view().getBigUint64(offset);
  }
  writeUInt8(value: number, offset = 0): number {
    this.#view().setUint8(offset, value);
    return offset + 1;
  }
  writeInt8(value: number, offset = 0): number {
    this.#view().setInt8(offset, value);
    return offset + 1;
  }
  writeUInt16LE(value: number, offset = 0): number {
    this.#view().setUint16(offset, value, true);
    return offset + 2;
  }
  writeUInt16BE(value: number, offset = 0): number {
    this.#view().setUint16(offset, value);
    return offset + 2;
  }
  writeUInt32LE(value: number, offset = 0): number {
    this.#view().setUint32(offset, value, true);
    return offset + 4;
  }
  writeUInt32BE(value: number, offset = 0): number {
    this.#view().setUint32(offset, value);
    return offset + 4;
  }
  writeInt32LE(value: number, offset = 0): number {
    this.#view().setInt32(offset, value, true);
    return offset + 4;
  }
  writeInt32BE(value: number, offset = 0): number {
    this.#view().setInt32(offset, value);
    return offset + 4;
  }
  writeBigUInt64LE(value: bigint, offset = 0): number {
    this.#view().setBigUint64(offset, value, true);
    return offset + 8;
  }
}

/** Engine bytes as a Buffer without copying. */
export const asBuffer = wrap;

const constants = { MAX_LENGTH: 0x7fffffff, MAX_STRING_LENGTH: 0x3fffffff };

export { constants };
export default { Buffer, constants };
