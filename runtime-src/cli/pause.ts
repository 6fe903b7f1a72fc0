/** `docker pause` and `docker unpause`: the freezer of cgroup v2. Whether a container is paused is asked of the kernel. */

import { isFrozen } from "../cgroups/container-cgroup.ts";
import { cgroupOf } from "../container/cgroup-of.ts";
import { containerEvent, emitEvents } from "../container/events.ts";
import { freezeSteps } from "../container/freeze-steps.ts";
import { openStepPort, stepReporter } from "../container/step-port.ts";
import { runSteps } from "../container/steps.ts";
import { eachContainer, requireRunning } from "./each-container.ts";
import { CommandError, type Runtime, type Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

export function setPaused(runtime: Runtime, reference: string, paused: boolean): void {
  const state = requireRunning(runtime, reference);
  const { id } = state;
  const cgroup = cgroupOf(runtime, state);
  if (isFrozen(runtime, cgroup) === paused) {
    throw new CommandError(`Container ${id} is ${paused ? "already paused" : "not paused"}`);
  }
  const port = openStepPort(runtime.linux, runtime.paths.steps);
  const reporter = stepReporter(runtime.linux, port, state, paused ? "pause" : "unpause");
  runSteps(freezeSteps, { host: runtime, cgroup, frozen: paused }, reporter);
  emitEvents(runtime.paths, [containerEvent(state, paused ? "pause" : "unpause")]);
}

const verb = (name: string, summary: string, paused: boolean): Verb => ({
  usage: `${name} CONTAINER [CONTAINER...]`,
  summary,
  run(runtime, argv) {
    requireWords(argv, 1);
    return eachContainer(runtime, argv, (reference) => setPaused(runtime, reference, paused));
  },
});

export const pause = verb("pause", "Pause all processes within one or more containers", true);
export const unpause = verb("unpause", "Unpause all processes within one or more containers", false);
