/**
 * Steps that give a container its network, run by its parent between clone3(2) and the child's first step (see
 * container/start-steps.ts): the child's PID names its network namespace, and it waits until they are done.
 */
import type { CreateContext } from "../container/create-context.ts";
import type { ContainerSpec } from "../container/spec.ts";
import type { Step } from "../container/steps.ts";

/** Whether the child has to wait for them. */
export const needsNetworkFromParent = (_spec: ContainerSpec): boolean => false;

export const attachNetworkSteps: readonly Step<CreateContext>[] = [];
