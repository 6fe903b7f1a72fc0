/** node:string_decoder: text from chunks, holding back the begin of a character that is not yet whole. */
import text from "native:text";
import { Buffer, encodingNumber } from "./buffer.ts";

export class StringDecoder {
  readonly encoding: string;
  #held: Uint8Array = new Uint8Array(0);

  constructor(encoding = "utf8") {
    encodingNumber(encoding);
    this.encoding = encoding;
  }

  #heldBytes(whole: Uint8Array): number {
    const number = encodingNumber(this.encoding);
    if (number === 0) return text.incompleteTail(whole);
    if (number === 3) return whole.length % 2;
    return number >= 5 ? whole.length % 3 : 0;
  }

  write(chunk: Uint8Array | string): string {
    if (typeof chunk === "string") return chunk;
    const whole = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    const held = this.#heldBytes(whole);
    this.#held = held > 0 ? whole.slice(whole.length - held) : new Uint8Array(0);
    return text.decode(whole, encodingNumber(this.encoding), 0, whole.length - held);
  }

  end(chunk?: Uint8Array): string {
    const last = chunk ? this.write(chunk) : "";
    const rest = text.decode(this.#held, encodingNumber(this.encoding), 0, this.#held.length);
    this.#held = new Uint8Array(0);
    return last + rest;
  }
}

export default { StringDecoder };
