/** `docker update`: new limits for a running container, written to its cgroup and kept in its state. */
import { applyResources } from "../cgroups/container-cgroup.ts";
import type { Resources } from "../cgroups/resources.ts";
import { cgroupOf } from "../container/cgroup-of.ts";
import { containerEvent, emitEvents } from "../container/events.ts";
import { parseRestartPolicy, type RestartPolicy } from "../container/restart-policy.ts";
import { changeState } from "../container/state.ts";
import { eachContainer, requireContainer } from "./each-container.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { resourcesOf } from "./resource-options.ts";
import { IO_FLAGS, LIMIT_FLAGS } from "./run-flags.ts";
import { CommandError, type Runtime, type Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

const FLAGS: readonly Flag[] = [...LIMIT_FLAGS, ...IO_FLAGS];

/** What is null in `changes` stays, of a device too. */
export function withChanges(before: Resources, changes: Resources): Resources {
  const given = Object.entries(changes).filter(([, value]) => value !== null);
  const io = new Map(before.io.map((limit) => [`${limit.major}:${limit.minor}`, limit]));
  for (const limit of changes.io) {
    const device = `${limit.major}:${limit.minor}`;
    const rates = Object.entries(limit).filter(([, value]) => value !== null);
    io.set(device, { ...(io.get(device) ?? limit), ...Object.fromEntries(rates) });
  }
  const unified = { ...before.unified, ...changes.unified };
  return { ...before, ...Object.fromEntries(given), io: [...io.values()], unified };
}

export function updateContainer(
  runtime: Runtime,
  reference: string,
  changes: Resources,
  restart: RestartPolicy | null = null,
): void {
  const { id } = requireContainer(runtime, reference);
  const state = changeState(runtime, id, (current) => {
    if (current.autoRemove && restart && restart.name !== "no") {
      throw new CommandError("Restart policy cannot be updated because AutoRemove is enabled for the container");
    }
    const resources = withChanges(current.spec.resources, changes);
    // the kernel first: what it refuses is not kept
    if (current.status === "running") applyResources(runtime, cgroupOf(runtime, current), changes);
    return { ...current, spec: { ...current.spec, resources }, ...(restart ? { restart } : {}) };
  });
  if (state) emitEvents(runtime.paths, [containerEvent(state, "update")]);
}

export const update: Verb = {
  usage: "update [OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Update configuration of one or more containers",
  aliases: ["container update"],
  flags: FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 1);
    const hasRates = IO_FLAGS.some(({ name }) => flags.given(name));
    const io = hasRates ? (await import("./io-options.ts")).ioLimitsOf(flags) : [];
    const changes = resourcesOf(flags, io);
    const policy = flags.text("restart");
    const restart = policy === null ? null : parseRestartPolicy(policy);
    return eachContainer(runtime, flags.rest, (reference) => updateContainer(runtime, reference, changes, restart));
  },
};
