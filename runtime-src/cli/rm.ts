/** `docker rm`, and with -f the clean-up of whatever is left of a container. */

import { isFrozen } from "../cgroups/container-cgroup.ts";
import { cgroupOf } from "../container/cgroup-of.ts";
import { anonymousVolumes, deleteSteps } from "../container/delete-steps.ts";
import { awaitEnd, forbidRestart, killContainer } from "../container/end.ts";
import { containerEvent, emitEvents } from "../container/events.ts";
import { currentState, removeContainer } from "../container/recover.ts";
import { type ContainerState, findId, readState } from "../container/state.ts";
import { openStepPort, stepReporter } from "../container/step-port.ts";
import { runSteps } from "../container/steps.ts";
import { eachContainer } from "./each-container.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { CommandError, type Runtime, type Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

const FLAGS: readonly Flag[] = [
  { name: "force", short: "f", kind: "bool", help: "Force the removal of a running container (uses SIGKILL)" },
  {
    name: "link",
    short: "l",
    kind: "bool",
    help: "",
    refused: "there are no links; containers of one network find each other by name",
  },
  { name: "volumes", short: "v", kind: "bool", help: "Remove anonymous volumes associated with the container" },
];

export const rm: Verb = {
  usage: "rm [OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Remove one or more containers",
  aliases: ["container rm", "container remove"],
  flags: FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 1);
    const options = { force: flags.bool("force"), volumes: flags.bool("volumes") };
    return eachContainer(runtime, flags.rest, (reference) => removeOne(runtime, reference, options), options.force);
  },
};

export interface RemoveOptions {
  readonly force: boolean;
  /** Its anonymous volumes too. */
  readonly volumes: boolean;
}

export function removeOne(runtime: Runtime, reference: string, { force, volumes }: RemoveOptions): void {
  const { paths } = runtime;
  const id = findId(paths, reference);
  let state = stateOrNull(runtime, id, force);
  if (state?.status === "running" || state?.status === "restarting") {
    if (!force) {
      const isPaused = state.status === "running" && isFrozen(runtime, cgroupOf(runtime, state));
      const words = isPaused
        ? "container is paused and must be unpaused first"
        : `container is ${state.status}: stop the container before removing or force remove`;
      throw new CommandError(`cannot remove container "/${state.name}": ${words}`);
    }
    state = forbidRestart(runtime, state);
    if (state.status === "running") killContainer(runtime, state);
    awaitEnd(runtime, id);
    if (!readState(paths, id)) return;
  }
  const port = openStepPort(runtime.linux, paths.steps);
  const name = state?.name ?? "";
  const anonymous = volumes ? anonymousVolumes(state) : [];
  runSteps(
    deleteSteps,
    { host: runtime, id, name, volumes: anonymous },
    stepReporter(runtime.linux, port, { id, name }, "delete"),
  );
  if (state) emitEvents(paths, [containerEvent(state, "destroy")]);
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
