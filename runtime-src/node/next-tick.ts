/** The nextTick queue: the engine runs it after each callback, before promise jobs. Also owner of the loop's two hooks. */
import loop from "native:loop";

type Callback = (...args: never[]) => void;

let queue: (() => void)[] = [];

function runTicks(): void {
  while (queue.length > 0) {
    const batch = queue;
    queue = [];
    for (let index = 0; index < batch.length; index++) {
      try {
        batch[index]?.();
      } catch (error) {
        // the engine reports it; what follows in the queue still runs if the report lets the process live
        queue = [...batch.slice(index + 1), ...queue];
        if (queue.length > 0) loop.requestTick();
        throw error;
      }
    }
  }
}

loop.setHooks(runTicks, undefined);

export function nextTick(callback: Callback, ...args: unknown[]): void {
  if (queue.length === 0) loop.requestTick();
  queue.push(
    args.length === 0 ? (callback as () => void) : () => (callback as (...values: unknown[]) => void)(...args),
  );
}

/** `empty` is called when nothing keeps the loop alive. */
export function onLoopEmpty(empty: (() => void) | undefined): void {
  loop.setHooks(runTicks, empty);
}

/** In a forked child: what the parent had queued is not ours. */
export function forgetTicks(): void {
  queue = [];
}
