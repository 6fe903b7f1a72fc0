/**
 * Changes of what all containers share (images, networks, volumes) are ordered tables like a container's own. Each begins
 * with a step that takes a lock; who takes it clears away what a killed one left. The lock goes when the table has ended.
 */
import type { Host } from "./host.ts";
import { openStepPort, stepReporter } from "./step-port.ts";
import { runSteps, type Step, StepError } from "./steps.ts";

export interface Change {
  readonly host: Host;
  /** What it is about, for the timeline: the name of an image, a network, a volume, a container; "" where it is not known. */
  readonly name: string;
  /** Its descriptor, -1 until it is taken. */
  lock: number;
}

/** `operation` is its name on the timeline. What fails has left nothing. */
export function runChange<C extends Change>(c: C, operation: string, table: readonly Step<C>[]): void {
  const { linux, paths } = c.host;
  const reporter = stepReporter(linux, openStepPort(linux, paths.steps), { id: "", name: c.name }, operation);
  try {
    runSteps(table, c, reporter);
  } catch (error) {
    throw error instanceof StepError && error.undoErrors.length === 0 ? error.cause : error;
  } finally {
    if (c.lock >= 0) linux.close(c.lock);
  }
}
