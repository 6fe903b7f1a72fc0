import { TERMINALS, type TerminalId } from "../protocol/machine.ts";

/** What a terminal that is opened late gets to see: about ten full screens. */
const REPLAY_BYTES = 64 * 1024;

/** Terminal bytes go past the stores: they change too often and only a terminal understands them. */
export interface TerminalHub {
  /** Calls the listener with what was printed so far, then with all that follows. */
  attach(terminal: TerminalId, listener: (data: Uint8Array) => void): () => void;
  publish(terminal: TerminalId, data: Uint8Array): void;
  /** Forgets the past: the machine was restored. */
  clear(): void;
  onClear(listener: () => void): () => void;
  /** The command lines that an open terminal shows to have been entered at its prompts, oldest first. */
  commands(terminal: TerminalId): readonly string[];
  /** An open terminal says how its commands are read; returns the function that takes that back. */
  offerCommands(terminal: TerminalId, read: () => readonly string[]): () => void;
}

interface Channel {
  chunks: Uint8Array[];
  bytes: number;
  readonly listeners: Set<(data: Uint8Array) => void>;
}

export function createTerminalHub(): TerminalHub {
  const channels = new Map<TerminalId, Channel>(
    TERMINALS.map((terminal) => [terminal, { chunks: [], bytes: 0, listeners: new Set() }]),
  );
  const clearListeners = new Set<() => void>();
  const readers = new Map<TerminalId, () => readonly string[]>();
  const channelOf = (terminal: TerminalId): Channel => {
    const channel = channels.get(terminal);
    if (!channel) throw new Error(`no such terminal: ${terminal}`);
    return channel;
  };

  return {
    attach(terminal, listener) {
      const channel = channelOf(terminal);
      for (const chunk of channel.chunks) listener(chunk);
      channel.listeners.add(listener);
      return () => channel.listeners.delete(listener);
    },
    publish(terminal, data) {
      const channel = channelOf(terminal);
      channel.chunks.push(data);
      channel.bytes += data.length;
      while (channel.bytes > REPLAY_BYTES && channel.chunks.length > 1) {
        channel.bytes -= channel.chunks.shift()?.length ?? 0;
      }
      for (const listener of channel.listeners) listener(data);
    },
    clear() {
      for (const channel of channels.values()) {
        channel.chunks = [];
        channel.bytes = 0;
      }
      for (const listener of clearListeners) listener();
    },
    onClear(listener) {
      clearListeners.add(listener);
      return () => clearListeners.delete(listener);
    },
    commands: (terminal) => readers.get(terminal)?.() ?? [],
    offerCommands(terminal, read) {
      readers.set(terminal, read);
      return () => {
        if (readers.get(terminal) === read) readers.delete(terminal);
      };
    },
  };
}
