import type { MachineClient } from "../machine/client.ts";
import type { MachineNotice } from "../protocol/machine.ts";

/**
 * A client whose machine opens with the first request. So a page can be rendered on a server, and an embed can stand
 * on a page, without a worker; after dispose the next request opens a new one.
 */
export function createDeferredClient(open: () => MachineClient): MachineClient {
  const listeners = new Set<(notice: MachineNotice) => void>();
  let opened: MachineClient | null = null;

  const machine = (): MachineClient => {
    if (!opened) {
      opened = open();
      opened.subscribe((notice) => {
        for (const listener of listeners) listener(notice);
      });
    }
    return opened;
  };

  return {
    send: (request) => machine().send(request),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ask: (method, params, timeoutMs) => machine().ask(method, params, timeoutMs),
    http: (request) => machine().http(request),
    dispose() {
      opened?.dispose();
      opened = null;
    },
  };
}
