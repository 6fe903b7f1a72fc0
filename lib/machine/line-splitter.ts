/**
 * Bytes of a console into lines, in bounded memory: what the guest sends is hostile.
 *
 * A line that grows beyond the bound is dropped up to its newline and counted. Bytes are decoded as UTF-8 a line at a
 * time, so a character that two chunks share stays whole; a carriage return before the newline (ONLCR) is removed.
 */
export interface LineSplitter {
  push(data: Uint8Array): void;
  /** What has arrived of a line that has not ended; for a crash's last words. */
  rest(): string;
  dropped(): number;
}

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

export function createLineSplitter(maxLineBytes: number, onLine: (line: string) => void): LineSplitter {
  const decoder = new TextDecoder();
  let pending = new Uint8Array(Math.min(256, maxLineBytes));
  let length = 0;
  let overflowing = false;
  let dropped = 0;

  const append = (data: Uint8Array): void => {
    if (overflowing) return;
    if (length + data.length > maxLineBytes) {
      overflowing = true;
      length = 0;
      dropped++;
      return;
    }
    if (length + data.length > pending.length) {
      const grown = new Uint8Array(Math.min(maxLineBytes, Math.max(pending.length * 2, length + data.length)));
      grown.set(pending.subarray(0, length));
      pending = grown;
    }
    pending.set(data, length);
    length += data.length;
  };

  const text = (): string => {
    const end = length > 0 && pending[length - 1] === CARRIAGE_RETURN ? length - 1 : length;
    return decoder.decode(pending.subarray(0, end));
  };

  return {
    push(data) {
      let from = 0;
      for (let end = data.indexOf(NEWLINE); end >= 0; end = data.indexOf(NEWLINE, from)) {
        append(data.subarray(from, end));
        const line = overflowing ? null : text();
        overflowing = false;
        length = 0;
        from = end + 1;
        if (line !== null) onLine(line);
      }
      append(data.subarray(from));
    },
    rest: text,
    dropped: () => dropped,
  };
}
