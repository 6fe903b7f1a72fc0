import { createStore, type StoreApi } from "zustand/vanilla";
import type { LogLine } from "../protocol/machine.ts";

/** Enough for the boot and a long session; a panicking kernel prints a few hundred lines. */
const MAX_LINES = 1_000;

export interface KeptLine extends LogLine {
  readonly key: number;
}

export interface LogState {
  /** In the order in which they came out. */
  readonly lines: readonly KeptLine[];
  /** Earlier lines that are no longer kept. */
  readonly forgotten: number;
}

export type LogStore = StoreApi<LogState>;

export const EMPTY_LOG: LogState = { lines: [], forgotten: 0 };

export function createLogStore(): LogStore {
  return createStore<LogState>(() => EMPTY_LOG);
}

export function appendLines(state: LogState, added: readonly LogLine[]): LogState {
  const first = state.forgotten + state.lines.length;
  const all = [...state.lines, ...added.map((line, index) => ({ ...line, key: first + index }))];
  const lines = all.slice(-MAX_LINES);
  return { lines, forgotten: state.forgotten + all.length - lines.length };
}

/** The log as it stood at a moment of guest time; null is now. */
export function logAt(state: LogState, atNs: number | null): LogState {
  if (atNs === null) return state;
  const end = state.lines.findIndex((line) => line.atNs > atNs);
  return end === -1 ? state : { ...state, lines: state.lines.slice(0, end) };
}
