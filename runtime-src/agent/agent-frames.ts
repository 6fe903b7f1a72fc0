/**
 * The guest's side of the framing of lib/protocol/agent.ts: lines in, acknowledged; fragments joined to requests. What
 * does not fit is dropped without an acknowledgement: hvc1 can carry anything after a restore, in the middle of a line.
 */
import { MAX_LINE_BYTES } from "../../lib/protocol/agent.ts";

const NEWLINE = 10;
/** More than any request the page makes; what exceeds it is nobody's. */
const MAX_REQUEST_CHARS = 262_144;

export interface FrameReader {
  readonly push: (data: Uint8Array) => void;
}

export interface FrameEvents {
  readonly acknowledge: (seq: number) => void;
  /** The text of a whole request, not yet parsed. */
  readonly request: (id: number, text: string) => void;
}

export function frameReader({ acknowledge, request }: FrameEvents): FrameReader {
  let line = "";
  let overlong = false;
  let lastSeq = -1;
  let open: { readonly id: number; text: string } | null = null;

  const takeLine = (text: string) => {
    const match = /^Q (\d{1,10}) (\d{1,10}) ([01]) (.*)$/.exec(text);
    if (!match) return;
    const [seq, id, more] = [Number(match[1]), Number(match[2]), match[3] === "1"];
    acknowledge(seq);
    if (seq <= lastSeq) return;
    lastSeq = seq;
    if (open?.id !== id) open = { id, text: "" };
    open.text += match[4];
    if (open.text.length > MAX_REQUEST_CHARS) open = null;
    else if (!more) {
      const whole = open;
      open = null;
      request(whole.id, whole.text);
    }
  };

  return {
    push(data) {
      for (const byte of data) {
        if (byte === NEWLINE) {
          if (!overlong) takeLine(line);
          line = "";
          overlong = false;
        } else if (line.length < MAX_LINE_BYTES) line += String.fromCharCode(byte);
        else overlong = true;
      }
    },
  };
}

/** ASCII only, as the protocol asks. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
