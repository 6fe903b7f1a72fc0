/** TextEncoder and TextDecoder (WHATWG Encoding): UTF-8, and latin1 and UTF-16LE for decoding. */
import text from "native:text";
import { encodingNumber } from "./buffer.ts";
import { StringDecoder } from "./string-decoder.ts";

export class TextEncoder {
  readonly encoding = "utf-8";

  encode(value = ""): Uint8Array {
    return text.encode(value, 0);
  }

  encodeInto(value: string, target: Uint8Array): { read: number; written: number } {
    let read = 0;
    let written = 0;
    for (const character of value) {
      const bytes = text.encode(character, 0);
      if (written + bytes.length > target.length) break;
      target.set(bytes, written);
      written += bytes.length;
      read += character.length;
    }
    return { read, written };
  }
}

interface DecoderOptions {
  fatal?: boolean;
  ignoreBOM?: boolean;
}

export class TextDecoder {
  readonly encoding: string;
  readonly fatal: boolean;
  readonly ignoreBOM: boolean;
  #stream: StringDecoder | null = null;

  constructor(encoding = "utf-8", options: DecoderOptions = {}) {
    encodingNumber(encoding);
    this.encoding = encoding.toLowerCase() === "utf8" ? "utf-8" : encoding.toLowerCase();
    this.fatal = options.fatal === true;
    this.ignoreBOM = options.ignoreBOM === true;
  }

  decode(input?: ArrayBufferView | ArrayBuffer, options: { stream?: boolean } = {}): string {
    const bytes = bytesOf(input);
    this.#stream ??= new StringDecoder(this.encoding);
    const decoder = this.#stream;
    const value = decoder.write(bytes) + (options.stream ? "" : decoder.end());
    if (!options.stream) this.#stream = null;
    if (this.fatal && value.includes("\ufffd") && !hasReplacement(bytes))
      throw Object.assign(new TypeError("The encoded data was not valid for encoding utf-8"), {
        code: "ERR_ENCODING_INVALID_ENCODED_DATA",
      });
    return this.ignoreBOM ? value : value.replace(/^\ufeff/, "");
  }
}

function bytesOf(input: ArrayBufferView | ArrayBuffer | undefined): Uint8Array {
  if (input === undefined) return new Uint8Array(0);
  if (input instanceof Uint8Array) return input;
  return input instanceof ArrayBuffer
    ? new Uint8Array(input)
    : new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
}

/** U+FFFD written as itself: EF BF BD. */
function hasReplacement(bytes: Uint8Array): boolean {
  return bytes.some((byte, index) => byte === 0xef && bytes[index + 1] === 0xbf && bytes[index + 2] === 0xbd);
}
