/**
 * What lists of containers show of one. It is the first member of its state.json and has the first line to itself, so that
 * `ps` reads a hundred bytes of each container instead of all that is known of it. Written with the state, it is never older.
 */
import { networkNames, portsText } from "../network/port-text.ts";
import type { ContainerState, Status } from "./state.ts";

export interface ContainerSummary {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  /** As `ps` shows it, cut. */
  readonly command: string;
  readonly createdMs: number;
  readonly status: Status;
  readonly startedMs: number | null;
  readonly finishedMs: number | null;
  readonly exitCode: number | null;
  readonly spec: { readonly cgroupsPath: string | null };
  /** Whether its health is checked. */
  readonly health: boolean;
  readonly ports: string;
  readonly networks: string;
}

const COMMAND_WIDTH = 20;
/** A line that is longer is not read: what it says is in the state too. */
export const MOST_LINE_BYTES = 1024;
const BEFORE = '{"summary":';

/** In quotes, on one line. */
export const quotedCommand = (text: string): string =>
  `"${text.replace(/[\n\t]/g, (c) => (c === "\n" ? "\\n" : "\\t"))}"`;

const cutCommand = (text: string): string =>
  quotedCommand(text.length <= COMMAND_WIDTH ? text : `${text.slice(0, COMMAND_WIDTH - 1)}…`);

export const summaryOf = (state: ContainerState): ContainerSummary => ({
  id: state.id,
  name: state.name,
  image: state.image,
  command: cutCommand(state.spec.process.args.join(" ")),
  createdMs: state.createdMs,
  status: state.status,
  startedMs: state.startedMs,
  finishedMs: state.finishedMs,
  exitCode: state.exitCode,
  spec: { cgroupsPath: state.spec.cgroupsPath },
  health: state.health !== undefined,
  ports: portsText(state.network),
  networks: networkNames(state.network),
});

/** The text of state.json. */
export const stateText = (state: ContainerState): string =>
  `${BEFORE}${JSON.stringify(summaryOf(state))},\n${JSON.stringify(state).slice(1)}`;

/** Of the first line of such a text; null where it is none, or was cut. */
export function readSummary(line: string): ContainerSummary | null {
  if (!line.startsWith(BEFORE)) return null;
  try {
    return JSON.parse(line.slice(BEFORE.length, -1));
  } catch {
    return null;
  }
}

/** Of the whole text. */
export const parseState = (text: string): ContainerState =>
  JSON.parse(text.startsWith(BEFORE) ? `{${text.slice(text.indexOf("\n") + 1)}` : text) as ContainerState;
