/**
 * What a page and a lab in its iframe may say to each other with postMessage. Whatever page embeds a lab may drive it:
 * a lab holds nothing of the reader's and its guest has no network. So origins are not checked by the lab, but the
 * sender (it has to be the parent) and the shape of each message are.
 */
export const MESSAGE_VERSION = 1;
export const MAX_COMMAND_CHARS = 2_000;

export type LabState = "poster" | "starting" | "ready" | "failed";

export type ToLab =
  /** As if the reader had pressed start. */
  | { readonly glassbox: 1; readonly type: "start" }
  /** Types a command line into the first terminal; answered when a shell waits at a prompt again. */
  | { readonly glassbox: 1; readonly type: "run"; readonly id: number; readonly command: string }
  /** Answered when no process was born, replaced or ended for a moment. */
  | { readonly glassbox: 1; readonly type: "settled"; readonly id: number };

export type FromLab =
  | { readonly glassbox: 1; readonly type: "state"; readonly state: LabState }
  | { readonly glassbox: 1; readonly type: "answer"; readonly id: number; readonly error: string | null };

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(data: unknown): Fields | null {
  if (typeof data !== "object" || data === null) return null;
  return (data as Fields).glassbox === MESSAGE_VERSION ? (data as Fields) : null;
}

const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

/** One line of text: no control characters, so that nothing but the command itself is typed. */
export function isCommand(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_COMMAND_CHARS && /^[^\p{Cc}]+$/u.test(value);
}

export function parseToLab(data: unknown): ToLab | null {
  const fields = fieldsOf(data);
  switch (fields?.type) {
    case "start":
      return { glassbox: 1, type: "start" };
    case "run":
      return isId(fields.id) && isCommand(fields.command)
        ? { glassbox: 1, type: "run", id: fields.id, command: fields.command }
        : null;
    case "settled":
      return isId(fields.id) ? { glassbox: 1, type: "settled", id: fields.id } : null;
    default:
      return null;
  }
}

const STATES: readonly unknown[] = ["poster", "starting", "ready", "failed"] satisfies LabState[];

export function parseFromLab(data: unknown): FromLab | null {
  const fields = fieldsOf(data);
  switch (fields?.type) {
    case "state":
      return STATES.includes(fields.state) ? { glassbox: 1, type: "state", state: fields.state as LabState } : null;
    case "answer":
      return isId(fields.id) && (fields.error === null || typeof fields.error === "string")
        ? { glassbox: 1, type: "answer", id: fields.id, error: fields.error }
        : null;
    default:
      return null;
  }
}
