/** `docker network connect` and `disconnect`. */
import { emitEvents, networkEvent } from "../container/events.ts";
import { connectContainer, disconnectContainer } from "../network/connect.ts";
import { findNetwork } from "../network/networks.ts";
import { requireContainer } from "./each-container.ts";
import { EXPLAIN, explainIfAsked } from "./explain-flag.ts";
import { type Flag, type ParsedFlags, parseFlags } from "./flags.ts";
import { checkRequest } from "./network-options.ts";
import type { Runtime, Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

const CONNECT_FLAGS: readonly Flag[] = [
  EXPLAIN,
  { name: "alias", kind: "list", help: "Add network-scoped alias for the container" },
  { name: "ip", kind: "text", help: "IPv4 address (e.g., 172.30.100.104)" },
  { name: "ip6", kind: "text", help: "", refused: "this kernel has no IPv6" },
  { name: "link", kind: "list", help: "", refused: "containers on the same network find each other by name" },
  { name: "link-local-ip", kind: "list", help: "", refused: "the default address pools have no link-local part" },
  { name: "driver-opt", kind: "list", help: "", refused: "the bridge driver has no options for an endpoint" },
  { name: "gw-priority", kind: "text", help: "", refused: "the first network that leads outside is the default route" },
];

const DISCONNECT_FLAGS: readonly Flag[] = [
  { name: "force", short: "f", kind: "bool", help: "Force the container to disconnect from a network" },
];

function twoWords({ rest }: ParsedFlags): [network: string, container: string] {
  requireWords(rest, 2, 2);
  const [network = "", container = ""] = rest;
  return [network, container];
}

export interface ConnectOptions {
  readonly aliases: readonly string[];
  readonly address: string | null;
}

/** Also the agent's. */
export function connect(runtime: Runtime, network: string, container: string, options: ConnectOptions): void {
  const to = findNetwork(runtime, network);
  const state = requireContainer(runtime, container);
  const wanted = { name: network, mac: null, ...options };
  checkRequest(to, wanted);
  connectContainer(runtime, to, state, { networkId: to.id, networkName: to.name, ...options, mac: null });
  emitEvents(runtime.paths, [networkEvent(to, "connect", state.id)]);
}

export function disconnect(runtime: Runtime, network: string, container: string): void {
  const from = findNetwork(runtime, network);
  const state = requireContainer(runtime, container);
  disconnectContainer(runtime, from, state);
  emitEvents(runtime.paths, [networkEvent(from, "disconnect", state.id)]);
}

export const networkConnect: Verb = {
  usage: "network connect [OPTIONS] NETWORK CONTAINER",
  summary: "Connect a container to a network",
  flags: CONNECT_FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(CONNECT_FLAGS, argv, true);
    const [network, container] = twoWords(flags);
    await explainIfAsked(runtime, flags);
    connect(runtime, network, container, { aliases: flags.list("alias"), address: flags.text("ip") });
    return 0;
  },
};

export const networkDisconnect: Verb = {
  usage: "network disconnect [OPTIONS] NETWORK CONTAINER",
  summary: "Disconnect a container from a network",
  flags: DISCONNECT_FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(DISCONNECT_FLAGS, argv, true);
    disconnect(runtime, ...twoWords(flags));
    return 0;
  },
};
