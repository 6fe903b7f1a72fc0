/** `docker attach`: to a container that another process keeps, through the socket of its supervisor. */

import { isFrozen } from "../cgroups/container-cgroup.ts";
import { attachTo } from "../container/attach-client.ts";
import { cgroupOf } from "../container/cgroup-of.ts";
import { signalContainer } from "../container/end.ts";
import { holdSignals } from "../container/own-client.ts";
import { type ContainerState, readState } from "../container/state.ts";
import { detachKeysOf } from "./attachment.ts";
import { requireContainer } from "./each-container.ts";
import { type Flag, type ParsedFlags, parseFlags } from "./flags.ts";
import { CommandError, type Runtime, type Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

const FLAGS: readonly Flag[] = [
  { name: "detach-keys", kind: "text", help: "Override the key sequence for detaching a container" },
  { name: "no-stdin", kind: "bool", help: "Do not attach STDIN" },
  { name: "sig-proxy", kind: "bool", help: "Proxy all received signals to the process (default true)" },
];

export const attach: Verb = {
  usage: "attach [OPTIONS] CONTAINER",
  summary: "Attach local standard input, output, and error streams to a running container",
  aliases: ["container attach"],
  flags: FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, true);
    requireWords(flags.rest, 1, 1);
    const state = requireContainer(runtime, flags.rest[0] ?? "");
    if (state.status === "restarting") {
      throw new CommandError("You cannot attach to a restarting container, wait until it is running");
    }
    if (state.status !== "running") {
      throw new CommandError("You cannot attach to a stopped container, start it first");
    }
    if (isFrozen(runtime, cgroupOf(runtime, state))) {
      throw new CommandError("You cannot attach to a paused container, unpause it first");
    }
    const input = !flags.bool("no-stdin") && state.spec.process.openStdin;
    return attachToRunning(runtime, state, flags, input);
  },
};

export async function attachToRunning(
  runtime: Runtime,
  state: ContainerState,
  flags: ParsedFlags,
  input: boolean,
): Promise<number> {
  const { terminal } = state.spec.process;
  if (input && terminal && !runtime.linux.isatty(0)) throw new CommandError("the input device is not a TTY");
  const detachKeys = detachKeysOf(flags);
  const signals = holdSignals(runtime.linux);
  signals.onSignal = (signal) => {
    const sigProxy = !flags.given("sig-proxy") || flags.bool("sig-proxy");
    if (!sigProxy) runtime.linux.exit(128 + signal);
    if (state.pid !== null) signalContainer(runtime, state.pid, signal);
  };
  const how = await attachTo(runtime, state.id, { terminal, input, detachKeys });
  if (how === "detached") {
    runtime.err("read escape sequence\n");
    return 0;
  }
  return how ?? readState(runtime.paths, state.id)?.exitCode ?? 0;
}
