/** A further process in a running container, from the outside: the table of exec.ts run for docker exec and health checks. */

import { seccompProgram } from "../oci/seccomp-program.ts";
import { type ExecContext, execSteps } from "./exec.ts";
import type { Host } from "./host.ts";
import { cgroupFolder } from "./paths.ts";
import type { ProcessSpec } from "./spec.ts";
import type { ContainerState } from "./state.ts";
import { openStepPort, stepReporter } from "./step-port.ts";
import { runSteps } from "./steps.ts";

export type RunningState = ContainerState & { readonly pid: number };

export function enterContainer(host: Host, state: RunningState, spec: ProcessSpec): ExecContext {
  const { linux, paths } = host;
  const port = openStepPort(linux, paths.steps);
  const context: ExecContext = {
    host,
    cgroup: cgroupFolder(paths, state.id),
    spec: state.spec,
    process: spec,
    target: state.pid,
    seccomp: seccompProgram(state.spec),
    inheritStdio: false,
    windowSize: spec.terminal && linux.isatty(0) ? linux.getWindowSize(0) : null,
    childReporter: stepReporter(linux, port, state, "join"),
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
  runSteps(execSteps, context, stepReporter(linux, port, state, "exec"));
  return context;
}
