/** A further process in a running container, from the outside: the table of exec.ts run for docker exec, health checks, bundles. */

import { seccompProgram } from "../oci/seccomp-program.ts";
import { type ExecContext, execSteps } from "./exec.ts";
import type { Host } from "./host.ts";
import { cgroupFolder } from "./paths.ts";
import type { ProcessSpec } from "./spec.ts";
import type { ContainerState } from "./state.ts";
import { openStepPort, stepReporter } from "./step-port.ts";
import { runSteps } from "./steps.ts";

export type RunningState = ContainerState & { readonly pid: number };

export type Entered = Pick<ExecContext, "cgroup" | "spec" | "process" | "target" | "inheritStdio" | "windowSize">;

/** `about` is the container's id and name, for the timeline. */
export function enterNamespaces(
  host: Host,
  about: { readonly id: string; readonly name: string },
  entered: Entered,
): ExecContext {
  const { linux, paths } = host;
  const port = openStepPort(linux, paths.steps);
  const context: ExecContext = {
    ...entered,
    host,
    seccomp: seccompProgram(entered.spec),
    childReporter: stepReporter(linux, port, about, "join"),
    pidfd: -1,
    pid: -1,
    processFd: -1,
    sync: -1,
    terminal: null,
    input: null,
    output: null,
    error: null,
    childFds: [],
  };
  runSteps(execSteps, context, stepReporter(linux, port, about, "exec"));
  return context;
}

export const enterContainer = (host: Host, state: RunningState, process: ProcessSpec): ExecContext =>
  enterNamespaces(host, state, {
    cgroup: cgroupFolder(host.paths, state.id),
    spec: state.spec,
    process,
    target: state.pid,
    inheritStdio: false,
    windowSize: process.terminal && host.linux.isatty(0) ? host.linux.getWindowSize(0) : null,
  });
