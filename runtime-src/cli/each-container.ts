/** What the verbs on one or more containers share: find each, act, print its name; a failure does not stop the rest. */
import { currentState } from "../container/recover.ts";
import { type ContainerState, findId } from "../container/state.ts";
import { CommandError, type Runtime } from "./runtime.ts";

/** By id, name or the beginning of an id. */
export function requireContainer(runtime: Runtime, reference: string): ContainerState {
  const state = currentState(runtime, findId(runtime.paths, reference));
  if (!state) throw new CommandError(`No such container: ${reference}`);
  return state;
}

export function requireRunning(runtime: Runtime, reference: string): ContainerState & { readonly pid: number } {
  const state = requireContainer(runtime, reference);
  const { pid } = state;
  if (state.status === "restarting") {
    throw new CommandError(`Container ${state.id} is restarting, wait until the container is running`);
  }
  if (state.status !== "running" || pid === null) throw new CommandError(`container ${state.id} is not running`);
  return { ...state, pid };
}

export async function eachContainer(
  runtime: Runtime,
  references: readonly string[],
  act: (reference: string) => void | Promise<void>,
  forgivesMissing = false,
): Promise<number> {
  let exitCode = 0;
  for (const reference of references) {
    try {
      await act(reference);
      runtime.out(`${reference}\n`);
    } catch (error) {
      const { message } = error as Error;
      runtime.err(`Error: ${message}\n`);
      if (!(forgivesMissing && message.startsWith("No such container"))) exitCode = 1;
    }
  }
  return exitCode;
}
