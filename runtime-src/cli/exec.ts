/** `docker exec` */

import { isFrozen } from "../cgroups/container-cgroup.ts";
import { cgroupOf } from "../container/cgroup-of.ts";
import { enterContainer, type RunningState } from "../container/enter.ts";
import type { ExecContext } from "../container/exec.ts";
import { runExecSession } from "../container/exec-session.ts";
import { ProgramError } from "../container/program.ts";
import type { ProcessSpec } from "../container/spec.ts";
import type { ContainerState } from "../container/state.ts";
import { StepError } from "../container/steps.ts";
import { SIGHUP, SIGINT, SIGQUIT, SIGTERM } from "../linux/constants.ts";
import { ALL_CAPABILITIES, dockerCapabilities } from "../oci/capabilities.ts";
import { loadSeccompCompiler } from "../oci/seccomp-program.ts";
import { detachKeysOf } from "./attachment.ts";
import { detachStdio, runInBackground } from "./background.ts";
import { requireRunning } from "./each-container.ts";
import { readEnvFile } from "./environment.ts";
import { type Flag, type ParsedFlags, parseFlags } from "./flags.ts";
import { CommandError, type Runtime, type Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

const FLAGS: readonly Flag[] = [
  { name: "detach", short: "d", kind: "bool", help: "Detached mode: run command in the background" },
  { name: "detach-keys", kind: "text", help: "Override the key sequence for detaching a container" },
  { name: "env", short: "e", kind: "list", help: "Set environment variables" },
  { name: "env-file", kind: "list", help: "Read in a file of environment variables" },
  { name: "explain", kind: "bool", help: "Tell each step as it happens" },
  { name: "interactive", short: "i", kind: "bool", help: "Keep STDIN open even if not attached" },
  { name: "privileged", kind: "bool", help: "Give extended privileges to the command" },
  { name: "tty", short: "t", kind: "bool", help: "Allocate a pseudo-TTY" },
  { name: "user", short: "u", kind: "text", help: "Username or UID (format: <name|uid>[:<group|gid>])" },
  { name: "workdir", short: "w", kind: "text", help: "Working directory inside the container" },
];

const CANNOT_EXEC = 126;

function processOf(flags: ParsedFlags, state: ContainerState, args: readonly string[]): ProcessSpec {
  const base = state.spec.process;
  const terminal = flags.bool("tty");
  const given = [...flags.list("env-file").flatMap(readEnvFile), ...flags.list("env")];
  const own = base.env.filter((entry) => !entry.startsWith("TERM="));
  return {
    ...base,
    args,
    env: [...own, ...(terminal ? ["TERM=xterm"] : []), ...given.flatMap(withValue)],
    cwd: flags.text("workdir") ?? base.cwd,
    user: flags.text("user") ?? base.user,
    terminal,
    openStdin: flags.bool("interactive"),
    capabilities: flags.bool("privileged") ? dockerCapabilities(ALL_CAPABILITIES) : base.capabilities,
  };
}

/** "NAME" alone takes our own value, if there is one. */
function withValue(entry: string): string[] {
  if (entry.includes("=")) return [entry];
  const value = process.env[entry];
  return value === undefined ? [] : [`${entry}=${value}`];
}

function enter(runtime: Runtime, state: RunningState, spec: ProcessSpec): ExecContext {
  try {
    return enterContainer(runtime, state, spec);
  } catch (error) {
    const cause = error instanceof StepError ? error.cause : error;
    const exitCode = cause instanceof ProgramError && cause.exitCode !== 125 ? cause.exitCode : CANNOT_EXEC;
    throw new CommandError(`OCI runtime exec failed: ${(cause as Error).message}`, exitCode, { cause: error });
  }
}

export const exec: Verb = {
  usage: "exec [OPTIONS] CONTAINER COMMAND [ARG...]",
  summary: "Execute a command in a running container",
  aliases: ["container exec"],
  flags: FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(FLAGS, argv, false);
    return flags.bool("explain") ? explained(runtime, flags) : execute(runtime, flags);
  },
};

async function explained(runtime: Runtime, flags: ParsedFlags): Promise<number> {
  const { explainSteps } = await import("../narration/explain.ts");
  explainSteps(runtime.linux, process.env);
  return execute(runtime, flags);
}

async function execute(runtime: Runtime, flags: ParsedFlags): Promise<number> {
  requireWords(flags.rest, 2);
  const [reference = "", ...args] = flags.rest;
  const state = requireRunning(runtime, reference);
  if (isFrozen(runtime, cgroupOf(runtime, state))) {
    throw new CommandError(`container ${state.id} is paused, unpause the container before exec`);
  }
  await loadSeccompCompiler(state.spec);
  const { linux } = runtime;
  if (flags.bool("interactive") && flags.bool("tty") && !linux.isatty(0)) {
    throw new CommandError("the input device is not a TTY");
  }
  if (flags.bool("detach")) {
    return runInBackground(runtime, "exec", async (release) => {
      const context = enter(runtime, state, processOf(flags, state, args));
      release(0);
      return runExecSession(context);
    });
  }
  const keys = detachKeysOf(flags);
  const pending: number[] = [];
  let forward = (signal: number): void => void pending.push(signal);
  for (const signal of [SIGINT, SIGTERM, SIGHUP, SIGQUIT]) linux.onSignal(signal, () => forward(signal));
  const context = enter(runtime, state, processOf(flags, state, args));
  forward = (signal) => linux.pidfdSendSignal(context.processFd, signal);
  for (const signal of pending) forward(signal);
  const release = () => {
    detachStdio(runtime);
    runtime.client.release(0);
  };
  return runExecSession(context, runtime.client.isWaiting() ? { keys, release } : null);
}
