/** `docker start`: of created and of ended containers, each with a supervisor of its own; -a attaches. */

import { isFrozen } from "../cgroups/container-cgroup.ts";
import { cgroupOf } from "../container/cgroup-of.ts";
import type { CreateContext } from "../container/create-context.ts";
import { containerEvent, emitEvents } from "../container/events.ts";
import { startContainer } from "../container/launch.ts";
import { holdSignals } from "../container/own-client.ts";
import { type ContainerState, changeState } from "../container/state.ts";
import { Supervisor } from "../container/supervisor.ts";
import { loadSeccompCompiler } from "../oci/seccomp-program.ts";
import { attachmentOf } from "./attachment.ts";
import { forkInBackground, runInBackground } from "./background.ts";
import { eachContainer, requireContainer } from "./each-container.ts";
import { type Flag, type ParsedFlags, parseFlags } from "./flags.ts";
import { CommandError, type Runtime, type Verb } from "./runtime.ts";
import { failureText } from "./start-failure.ts";
import { requireWords } from "./word-count.ts";

const FLAGS: readonly Flag[] = [
  { name: "attach", short: "a", kind: "bool", help: "Attach STDOUT/STDERR and forward signals" },
  { name: "detach-keys", kind: "text", help: "Override the key sequence for detaching a container" },
  { name: "interactive", short: "i", kind: "bool", help: "Attach container's STDIN" },
];

export const start: Verb = {
  usage: "start [OPTIONS] CONTAINER [CONTAINER...]",
  summary: "Start one or more stopped containers",
  aliases: ["container start"],
  flags: FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 1);
    const [first = ""] = flags.rest;
    if (flags.bool("attach") || flags.bool("interactive")) {
      if (flags.rest.length > 1) throw new CommandError("you cannot start and attach multiple containers at once");
      return attached(runtime, requireContainer(runtime, first), flags);
    }
    if (flags.rest.length > 1) {
      return eachContainer(runtime, flags.rest, (reference) => startOne(runtime, requireContainer(runtime, reference)));
    }
    const state = requireContainer(runtime, first);
    if (!mustStart(runtime, state)) {
      runtime.out(`${first}\n`);
      return 0;
    }
    return runInBackground(runtime, "start", async (release) => {
      const c = await begin(runtime, state);
      runtime.out(`${first}\n`);
      release(0);
      return new Supervisor(c, null).run();
    });
  },
};

/** false: it runs already. */
function mustStart(runtime: Runtime, state: ContainerState): boolean {
  if (state.status === "exited" || state.status === "created") return true;
  if (state.status === "running" && isFrozen(runtime, cgroupOf(runtime, state))) {
    throw new CommandError("cannot start a paused container, try unpause instead");
  }
  return false;
}

/** In a process of its own, which is its supervisor from then on. */
export function startOne(runtime: Runtime, state: ContainerState): void {
  if (!mustStart(runtime, state)) return;
  forkInBackground(runtime, async (release) => {
    const c = await begin(runtime, state);
    release();
    return new Supervisor(c, null).run();
  });
}

/** A start that fails leaves the container as it was, with the reason. */
async function begin(runtime: Runtime, state: ContainerState): Promise<CreateContext> {
  const { stopRequested, restartCount, ...rest } = state;
  const fresh: ContainerState = { ...rest, exitCode: null, finishedMs: null, oomKilled: false, error: "" };
  try {
    await loadSeccompCompiler(state.spec);
    const c = startContainer(runtime, fresh);
    emitEvents(runtime.paths, [containerEvent(state, "start")]);
    return c;
  } catch (error) {
    const { message, exitCode } = failureText(error as Error);
    changeState(runtime, state.id, (current) =>
      current.status === "running" ? null : { ...current, error: message, exitCode: current.exitCode ?? exitCode },
    );
    throw new CommandError(message, 1, { cause: error });
  }
}

async function attached(runtime: Runtime, state: ContainerState, flags: ParsedFlags): Promise<number> {
  const input = flags.bool("interactive") && state.spec.process.openStdin;
  if (!mustStart(runtime, state)) {
    if (!flags.bool("attach") && !flags.bool("interactive")) return 0;
    return (await import("./attach.ts")).attachToRunning(runtime, state, flags, input);
  }
  const signals = holdSignals(runtime.linux);
  const attachment = attachmentOf(runtime, flags, signals, { input, output: true, error: true });
  return new Supervisor(await begin(runtime, state), attachment).run();
}
