/** `docker rm`, and with -f the clean-up of whatever is left of a container. */

import { deleteSteps } from "../container/delete-steps.ts";
import { awaitEnd, killContainer } from "../container/end.ts";
import { currentState, removeContainer } from "../container/recover.ts";
import { type ContainerState, findId, readState } from "../container/state.ts";
import { openStepPort, stepReporter } from "../container/step-port.ts";
import { runSteps } from "../container/steps.ts";
import { eachContainer, requireWords } from "./each-container.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { CommandError, type Runtime, type Verb } from "./runtime.ts";

const FLAGS: readonly Flag[] = [
  { name: "force", short: "f", kind: "bool", help: "Force the removal of a running container (uses SIGKILL)" },
  { name: "volumes", short: "v", kind: "bool", help: "Remove anonymous volumes associated with the container" },
];

export const rm: Verb = {
  usage: "rm [OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Remove one or more containers",
  flags: FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(runtime, "rm", flags.rest);
    const force = flags.bool("force");
    return eachContainer(runtime, flags.rest, (reference) => removeOne(runtime, reference, force));
  },
};

function removeOne(runtime: Runtime, reference: string, force: boolean): void {
  const { paths } = runtime;
  let id: string;
  try {
    id = findId(paths, reference);
  } catch (error) {
    if (force && (error as Error).message.startsWith("No such")) return;
    throw error;
  }
  const state = stateOrNull(runtime, id, force);
  if (state?.status === "running") {
    if (!force) {
      const words = "container is running: stop the container before removing or force remove";
      throw new CommandError(`cannot remove container "${state.name}": ${words}`);
    }
    killContainer(runtime, state);
    awaitEnd(runtime, id);
    if (!readState(paths, id)) return;
  }
  const port = openStepPort(runtime.linux, paths.steps);
  const name = state?.name ?? "";
  runSteps(deleteSteps, { host: runtime, id, name }, stepReporter(runtime.linux, port, { id, name }, "delete"));
}

/** A state file that cannot be read must not keep the rest from being removed. */
function stateOrNull(runtime: Runtime, id: string, force: boolean): ContainerState | null {
  try {
    return currentState(runtime, id);
  } catch (error) {
    if (!force) throw error;
    removeContainer(runtime, id, "");
    return null;
  }
}
