/**
 * The runtime's own steps, as `box` writes them to hvc3 while it makes or removes a container or an image: one JSON object a line.
 * `step` is the name in the runtime's ordered table of steps, so the picture on the timeline is the code.
 */
export const RUNTIME_STEP_VERSION = 1;

export interface RuntimeStep {
  readonly v: typeof RUNTIME_STEP_VERSION;
  /** Container id (64 hex digits, a bundle's as its caller chose it; "" for a change of images) and name. */
  readonly id: string;
  readonly name: string;
  /** create, start, exec, delete, load, commit, ... */
  readonly operation: string;
  /** 1-based place in the operation's table, and the table's length. */
  readonly index: number;
  readonly total: number;
  readonly step: string;
  /** Which of the article's four ideas the step belongs to, else null. */
  readonly part: "namespaces" | "cgroup" | "filesystem" | "entrypoint" | null;
  readonly phase: "done" | "failed" | "undone";
  /** The man-page name of the syscall that does it, e.g. "clone3", and its arguments as a reader would write them. */
  readonly syscall: string;
  readonly args: readonly string[];
  /** errno name where it failed, else null. */
  readonly error: string | null;
  /** Position of the step in runtime-src, e.g. "container/create-steps.ts:42". */
  readonly source: string;
  /** The runtime's CLOCK_BOOTTIME when it happened, ms. */
  readonly atMs: number;
}
