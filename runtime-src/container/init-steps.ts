/**
 * The life of a container's first process from clone3(2) to execve(2): one straight narrative, in order, each step with
 * the reason for its place. It runs in the new process, PID 1 of its namespace, in the container's cgroup; what it needs
 * from outside it got by being a copy of its parent. See start-steps.ts for the parent's side and the handshake.
 */
import type { InitContext } from "./init-context.ts";
import { dockerRootSteps } from "./init-docker-steps.ts";
import { namespaceSteps } from "./init-namespace-steps.ts";
import { lateFilterSteps, processSteps } from "./init-process-steps.ts";
import type { Step } from "./steps.ts";

export const initSteps: readonly Step<InitContext>[] = [
  ...namespaceSteps,
  ...dockerRootSteps,
  ...processSteps,
  ...lateFilterSteps,
];
