import type { LabState } from "../../embed/src/messages.ts";
import type { GlassboxScript } from "../../lib/stores/script-api.ts";

/** `window.glassbox` of an embed: there from the first moment, waiting for the start where a lab has to run. */
export interface LabScript extends GlassboxScript {
  /** Puts it on the window; returns the function that takes it away. */
  install(): () => void;
  /** The lab has been started and is driven by this. */
  take(api: GlassboxScript): void;
  tell(state: LabState): void;
  /** Calls the listener with the state as it is, then with each change. */
  onState(listener: (state: LabState) => void): () => void;
}

export function createLabScript(): LabScript {
  const listeners = new Set<(state: LabState) => void>();
  let state: LabState = "poster";
  let give: (api: GlassboxScript) => void = () => {};
  const started = new Promise<GlassboxScript>((resolve) => {
    give = resolve;
  });
  const script: LabScript = {
    ready: async () => (await started).ready(),
    run: async (command, options) => (await started).run(command, options),
    settled: async (quietMs) => (await started).settled(quietMs),
    install() {
      window.glassbox = script;
      return () => {
        if (window.glassbox === script) delete window.glassbox;
      };
    },
    take: give,
    tell(next) {
      if (next === state) return;
      state = next;
      for (const listener of listeners) listener(next);
    },
    onState(listener) {
      listeners.add(listener);
      listener(state);
      return () => listeners.delete(listener);
    },
  };
  return script;
}
