/**
 * One terminal's traffic. Out: what the guest writes within a slice is handed over together. In: v86 drops input that
 * finds no buffer posted, so keys and pastes queue here and enter the guest in small pieces, one a slice.
 */
const MAX_INPUT_CHUNK = 512;
/** A paste beyond this is cut: no shell line discipline takes more, and the queue must end somewhere. */
const MAX_QUEUED_BYTES = 1_048_576;

export interface TerminalPort {
  queueInput(data: Uint8Array): void;
  /** Sends the next piece; false when there was none. */
  pumpInput(): boolean;
  collectOutput(data: Uint8Array): void;
  /** null when the guest wrote nothing since the last call. */
  takeOutput(): Uint8Array | null;
}

export function createTerminalPort(send: (data: Uint8Array) => void): TerminalPort {
  let input: Uint8Array[] = [];
  let queuedBytes = 0;
  let output: Uint8Array[] = [];
  return {
    queueInput(data) {
      const kept = data.subarray(0, Math.max(0, MAX_QUEUED_BYTES - queuedBytes));
      for (let at = 0; at < kept.length; at += MAX_INPUT_CHUNK) input.push(kept.slice(at, at + MAX_INPUT_CHUNK));
      queuedBytes += kept.length;
    },
    pumpInput() {
      const chunk = input.shift();
      if (!chunk) return false;
      queuedBytes -= chunk.length;
      if (input.length === 0) input = [];
      send(chunk);
      return true;
    },
    collectOutput: (data) => output.push(data),
    takeOutput() {
      if (output.length === 0) return null;
      const joined = output.length === 1 && output[0] ? output[0] : join(output);
      output = [];
      return joined;
    },
  };
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}
