import { createStore, type StoreApi } from "zustand/vanilla";

/** Enough for the boot and a long session; a panicking kernel prints a few hundred lines. */
const MAX_LINES = 1_000;

export interface LogLine {
  readonly key: number;
  readonly text: string;
}

export interface LogState {
  readonly lines: readonly LogLine[];
}

export type LogStore = StoreApi<LogState>;

export function createLogStore(): LogStore {
  return createStore<LogState>(() => ({ lines: [] }));
}

export function appendLines(state: LogState, texts: readonly string[]): LogState {
  const first = (state.lines.at(-1)?.key ?? -1) + 1;
  const added = texts.slice(-MAX_LINES).map((text, index) => ({ key: first + index, text }));
  return { lines: [...state.lines, ...added].slice(-MAX_LINES) };
}
