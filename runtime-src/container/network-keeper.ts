/**
 * What a supervisor does for its container's networks while it runs: answers names (network/resolver.ts), and looks again
 * when `box network connect` or `disconnect` has changed them, which they say by SIGURG: a signal that does nothing to a
 * process that does not listen for it yet.
 */
import { SIGURG } from "../linux/constants.ts";
import type { Disposable } from "../linux/syscalls.ts";
import { hasResolver } from "../network/attach-steps.ts";
import { machineServers, openResolver, serveResolver } from "../network/resolver.ts";
import type { NetworkSettings } from "../network/settings.ts";
import type { CreateContext } from "./create-context.ts";
import { readState } from "./state.ts";

export class NetworkKeeper {
  readonly #c: CreateContext;
  readonly #watch: Disposable;
  #resolver: Disposable | null = null;
  #network: NetworkSettings;

  constructor(c: CreateContext) {
    this.#c = c;
    this.#network = c.state.network;
    this.#watch = c.host.linux.onSignal(SIGURG, () => this.#lookAgain());
    this.#serve();
  }

  /** As it is now. */
  get network(): NetworkSettings {
    return this.#network;
  }

  #lookAgain(): void {
    const state = readState(this.#c.host.paths, this.#c.state.id);
    if (!state) return;
    this.#network = state.network;
    this.#c.state = { ...this.#c.state, network: state.network };
    this.#serve();
  }

  /** Once it is needed it stays: without a user network nobody has its address. */
  #serve(): void {
    const { host, state, pid } = this.#c;
    if (this.#resolver || !hasResolver(this.#c)) return;
    if (this.#c.resolver < 0) this.#c.resolver = openResolver(host.linux, pid);
    const { servers } = this.#network.dns;
    this.#resolver = serveResolver(host, state.id, this.#c.resolver, servers.length > 0 ? servers : machineServers());
  }

  dispose(): void {
    this.#watch.dispose();
    this.#resolver?.dispose();
  }
}
