/**
 * What a container's supervisor and those who attach to it say to each other, over a unix stream socket in the
 * container's state folder. A frame is a letter, a length (32 bits, little endian) and as many bytes:
 *
 *   supervisor -> client   "o", "e"  output, error output        "x"  ended: the exit code as text; then it closes
 *   client -> supervisor   "i"  input      "d"  end of input     "w"  window size: "columns rows" as text
 */
export type FrameKind = "o" | "e" | "x" | "i" | "d" | "w";

const HEADER_BYTES = 5;
/** More than anybody sends: who does so speaks something else. */
const MAX_FRAME_BYTES = 1 << 20;

export function encodeFrame(kind: FrameKind, data: Uint8Array = new Uint8Array()): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + data.length);
  frame[0] = kind.charCodeAt(0);
  new DataView(frame.buffer).setUint32(1, data.length, true);
  frame.set(data, HEADER_BYTES);
  return frame;
}

/** Bytes as they come; calls back for each whole frame. Throws where no frame can be. */
export function frameDecoder(take: (kind: FrameKind, data: Uint8Array) => void): (data: Uint8Array) => void {
  let rest: Uint8Array = new Uint8Array();
  return (data) => {
    const bytes = rest.length > 0 ? Buffer.concat([rest, data]) : data;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    while (bytes.length - at >= HEADER_BYTES) {
      const size = view.getUint32(at + 1, true);
      if (size > MAX_FRAME_BYTES) throw new Error(`attach: a frame of ${size} bytes`);
      if (bytes.length - at - HEADER_BYTES < size) break;
      const start = at + HEADER_BYTES;
      at = start + size;
      take(String.fromCharCode(bytes[start - HEADER_BYTES] ?? 0) as FrameKind, bytes.subarray(start, at));
    }
    rest = Uint8Array.prototype.slice.call(bytes, at);
  };
}
