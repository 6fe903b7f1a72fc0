/**
 * From a spec to a running container: the tables of create and start one after the other, and everything undone when one
 * of them fails. The process that calls this is the container's supervisor from then on.
 */
import { seccompProgram } from "../oci/seccomp-program.ts";
import { CreateContext } from "./create-context.ts";
import { createSteps, takeSupervisorLock } from "./create-steps.ts";
import type { Host } from "./host.ts";
import { startSteps } from "./start-steps.ts";
import { type ContainerState, writeState } from "./state.ts";
import { openStepPort, stepReporter } from "./step-port.ts";
import { type DoneSteps, runSteps } from "./steps.ts";

const USUAL_UMASK = 0o022;

function newContext(host: Host, state: ContainerState): CreateContext {
  const { linux, paths } = host;
  linux.umask(USUAL_UMASK);
  const { terminal, consoleSize } = state.spec.process;
  const windowSize = terminal ? (consoleSize ?? (linux.isatty(0) ? linux.getWindowSize(0) : null)) : null;
  const c = new CreateContext(host, state, openStepPort(linux, paths.steps), windowSize);
  c.seccomp = seccompProgram(state.spec);
  return c;
}

function runTable(c: CreateContext, operation: "create" | "start"): DoneSteps {
  const table = operation === "create" ? createSteps : startSteps;
  return runSteps(table, c, stepReporter(c.host.linux, c.stepPort, c.state, operation));
}

function undoAlso(error: Error, done: DoneSteps): never {
  const also = done.undo().map(({ message }) => `; undoing it failed too: ${message}`);
  if (also.length > 0) error.message += also.join("");
  throw error;
}

/** `docker create`: everything but a process. */
export function createContainer(host: Host, state: ContainerState): void {
  const c = newContext(host, state);
  const created = runTable(c, "create");
  try {
    writeState(host.paths, state);
  } catch (error) {
    undoAlso(error as Error, created);
  }
  host.linux.close(c.lock);
}

/** `docker start` of a container that was created, or has ended. Throws when somebody else is at it. */
export function startContainer(host: Host, state: ContainerState): CreateContext {
  const c = newContext(host, state);
  takeSupervisorLock(c);
  runTable(c, "start");
  return c;
}

/** `docker run`: one after the other, one state written. */
export function launchContainer(host: Host, state: ContainerState): CreateContext {
  const c = newContext(host, state);
  const created = runTable(c, "create");
  try {
    runTable(c, "start");
  } catch (error) {
    undoAlso(error as Error, created);
  }
  return c;
}

/** The supervisor's own next start (a restart policy): its lock is held already, what the last run had is closed. */
export function startAgain(previous: CreateContext, state: ContainerState): CreateContext {
  const c = newContext(previous.host, state);
  c.lock = previous.lock;
  runTable(c, "start");
  return c;
}
