/** `docker start`: of created and of ended containers; -a attaches. */

import { isFrozen } from "../cgroups/container-cgroup.ts";
import { startContainer } from "../container/launch.ts";
import { cgroupFolder } from "../container/paths.ts";
import { type ContainerState, writeState } from "../container/state.ts";
import { holdSignals, Supervisor } from "../container/supervisor.ts";
import { detachStdio, runInBackground } from "./background.ts";
import { requireContainer, requireWords } from "./each-container.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { CommandError, type Runtime, type Verb } from "./runtime.ts";

const FLAGS: readonly Flag[] = [
  { name: "attach", short: "a", kind: "bool", help: "Attach STDOUT/STDERR and forward signals" },
  { name: "interactive", short: "i", kind: "bool", help: "Attach container's STDIN" },
];

export const start: Verb = {
  usage: "start [OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Start one or more stopped containers",
  flags: FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(runtime, "start", flags.rest);
    const attach = flags.bool("attach") || flags.bool("interactive");
    if (flags.rest.length > 1) {
      throw new CommandError("you cannot start more than one container at once: each needs its own supervisor");
    }
    const reference = flags.rest[0] ?? "";
    const state = requireContainer(runtime, reference);
    if (state.status === "running") {
      if (isFrozen(cgroupFolder(runtime.paths, state.id))) {
        throw new CommandError("cannot start a paused container, try unpause instead");
      }
      runtime.out(`${reference}\n`);
      return 0;
    }
    return attach ? attached(runtime, state, flags.bool("interactive")) : detached(runtime, state, reference);
  },
};

/** A start that fails leaves the container as it was, with the reason. */
function begin(runtime: Runtime, state: ContainerState) {
  const fresh: ContainerState = { ...state, exitCode: null, finishedMs: null, oomKilled: false, error: "" };
  try {
    return startContainer(runtime, fresh);
  } catch (error) {
    writeState(runtime.paths, { ...state, error: (error as Error).message });
    throw error;
  }
}

function detached(runtime: Runtime, state: ContainerState, reference: string): number | Promise<number> {
  return runInBackground(runtime, async (release) => {
    const c = begin(runtime, state);
    runtime.out(`${reference}\n`);
    release(0);
    return new Supervisor(c, null).run();
  });
}

function attached(runtime: Runtime, state: ContainerState, input: boolean): Promise<number> {
  const signals = holdSignals(runtime.linux);
  const supervisor = new Supervisor(begin(runtime, state), {
    input,
    detachKeys: undefined,
    canDetach: runtime.client.isWaiting(),
    signals,
    onDetach: () => {
      detachStdio(runtime);
      runtime.client.release(0);
    },
    warn: (text) => runtime.err(`${text}\n`),
  });
  return supervisor.run();
}
