/** `docker update`: new limits for a running container, written to its cgroup and kept in its state. */
import { applyResources } from "../cgroups/container-cgroup.ts";
import type { Resources } from "../cgroups/resources.ts";
import { cgroupFolder } from "../container/paths.ts";
import { writeState } from "../container/state.ts";
import { eachContainer, requireContainer, requireWords } from "./each-container.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { RUN_FLAGS } from "./run-flags.ts";
import { resourcesOf } from "./run-options.ts";
import type { Runtime, Verb } from "./runtime.ts";

const NAMES = [
  "cpu-period",
  "cpu-quota",
  "cpu-shares",
  "cpus",
  "memory",
  "memory-reservation",
  "memory-swap",
  "pids-limit",
];
const FLAGS: readonly Flag[] = RUN_FLAGS.filter(({ name }) => NAMES.includes(name));

/** What is null in `changes` stays. */
export function updateContainer(runtime: Runtime, reference: string, changes: Resources): void {
  const state = requireContainer(runtime, reference);
  const isGiven = (value: unknown) => value !== null && (typeof value !== "object" || Object.keys(value).length > 0);
  const given = Object.entries(changes).filter(([, value]) => isGiven(value));
  const resources = { ...state.spec.resources, ...Object.fromEntries(given) };
  if (state.status === "running") applyResources(runtime, cgroupFolder(runtime.paths, state.id), changes);
  writeState(runtime.paths, { ...state, spec: { ...state.spec, resources } });
}

export const update: Verb = {
  usage: "update [OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Update configuration of one or more containers",
  flags: FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(runtime, "update", flags.rest);
    const changes = resourcesOf(flags);
    return eachContainer(runtime, flags.rest, (reference) => updateContainer(runtime, reference, changes));
  },
};
