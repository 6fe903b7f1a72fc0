/**
 * Fault injection for the tests that kill the runtime everywhere (e2e/guest/runtime-faults.test.ts):
 *
 *   BOX_FAULT=STEP:before|after:kill|error
 *
 * in a command's own environment strikes at that step of whichever table has it. `kill` is SIGKILL, so nothing of ours
 * runs any more; `error`, only before a step, is what a syscall of the step could answer. It gives nobody a power that he
 * lacks: who sets it ends his own command. Looked up once a table; without it a table costs what it did.
 */
export type Moment = "before" | "after";

const KINDS = ["kill", "error"];

/** What strikes, or null. */
export const plannedFault = (): string | null => process.env.BOX_FAULT ?? null;

export function strike(fault: string, step: string, moment: Moment): void {
  const [wanted, when, kind = ""] = fault.split(":");
  if (wanted !== step || when !== moment || !KINDS.includes(kind)) return;
  if (kind === "error") throw Object.assign(new Error(`BOX_FAULT ${moment} ${step}`), { code: "EIO" });
  process.kill(process.pid, "SIGKILL");
  // The first process of a PID namespace is deaf to its own signals; an abort(3) that finds that out faults instead.
  process.abort();
}
