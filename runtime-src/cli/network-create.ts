/** `docker network create`, `rm` and `prune`. */
import { emitEvents, networkEvent } from "../container/events.ts";
import { createNetwork } from "../network/create-network.ts";
import { sweep } from "../network/endpoint.ts";
import { finishChanges } from "../network/network-change.ts";
import { findNetwork, listNetworks, type Network, PREDEFINED } from "../network/networks.ts";
import { isUsed, removeNetwork } from "../network/remove-network.ts";
import { confirmed } from "./confirm.ts";
import { EXPLAIN, explainIfAsked } from "./explain-flag.ts";
import { parseFilters } from "./filter.ts";
import { type Flag, parseFlags } from "./flags.ts";
import type { Runtime, Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

const NO_IPV6 = "this kernel has no IPv6";

const CREATE_FLAGS: readonly Flag[] = [
  EXPLAIN,
  { name: "attachable", kind: "bool", help: "Enable manual container attachment" },
  { name: "driver", short: "d", kind: "text", help: 'Driver to manage the Network (default "bridge")' },
  { name: "gateway", kind: "text", help: "IPv4 Gateway for the master subnet" },
  { name: "internal", kind: "bool", help: "Restrict external access to the network" },
  { name: "ip-range", kind: "text", help: "Allocate container ip from a sub-range" },
  { name: "label", kind: "list", help: "Set metadata on a network" },
  { name: "opt", short: "o", kind: "list", help: "Set driver specific options" },
  { name: "subnet", kind: "text", help: "Subnet in CIDR format that represents a network segment" },
  { name: "ipv6", kind: "bool", help: "", refused: NO_IPV6 },
  { name: "aux-address", kind: "list", help: "", refused: "give --ip-range a part of the subnet instead" },
  { name: "ipam-driver", kind: "text", help: "", refused: "there is one, the default" },
  { name: "scope", kind: "text", help: "", refused: "there is no swarm" },
  { name: "ingress", kind: "bool", help: "", refused: "there is no swarm" },
];

/** "key=value" pairs; a key alone has an empty value. */
function pairs(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf("=");
      return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

export const networkCreate: Verb = {
  usage: "network create [OPTIONS] NETWORK",
  summary: "Create a network",
  flags: CREATE_FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(CREATE_FLAGS, argv, true);
    requireWords(flags.rest, 1, 1);
    const [name = ""] = flags.rest;
    sweep(runtime, null);
    await explainIfAsked(runtime, flags);
    const made = createNetwork(runtime, {
      name,
      driver: flags.text("driver") ?? "bridge",
      internal: flags.bool("internal"),
      subnet: flags.text("subnet"),
      gateway: flags.text("gateway"),
      ipRange: flags.text("ip-range"),
      options: pairs(flags.list("opt")),
      labels: pairs(flags.list("label")),
    });
    emitEvents(runtime.paths, [networkEvent(made, "create")]);
    runtime.out(`${made.id}\n`);
    return 0;
  },
};

const REMOVE_FLAGS: readonly Flag[] = [
  EXPLAIN,
  { name: "force", short: "f", kind: "bool", help: "Do not error if the network does not exist" },
];

export const networkRemove: Verb = {
  usage: "network rm NETWORK [NETWORK...]",
  summary: "Remove one or more networks",
  flags: REMOVE_FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(REMOVE_FLAGS, argv, true);
    requireWords(flags.rest, 1);
    await explainIfAsked(runtime, flags);
    let exitCode = 0;
    for (const reference of flags.rest) {
      try {
        removeOne(runtime, reference);
        runtime.out(`${reference}\n`);
      } catch (error) {
        const { message } = error as Error;
        if (flags.bool("force") && message.endsWith("not found")) continue;
        runtime.err(`Error: ${message}\n`);
        exitCode = 1;
      }
    }
    return exitCode;
  },
};

function removeOne(runtime: Runtime, reference: string): void {
  const network = findNetwork(runtime, reference);
  sweep(runtime, null);
  destroy(runtime, network);
}

function destroy(runtime: Runtime, network: Network): void {
  removeNetwork(runtime, network);
  emitEvents(runtime.paths, [networkEvent(network, "destroy")]);
}

const PRUNE_FLAGS: readonly Flag[] = [
  { name: "filter", kind: "list", help: 'Provide filter values (e.g. "label=<key>=<value>")' },
  { name: "force", short: "f", kind: "bool", help: "Do not prompt for confirmation" },
];

const WARNING = "WARNING! This will remove all custom networks not used by at least one container.";

/** What would be removed, and is. */
export function pruneNetworks(runtime: Runtime, keeps: (network: Network) => boolean = () => false): string[] {
  sweep(runtime, null);
  finishChanges(runtime);
  const unused = listNetworks(runtime).filter(
    (network) => !PREDEFINED.includes(network.name) && !isUsed(runtime, network) && !keeps(network),
  );
  for (const network of unused) destroy(runtime, network);
  return unused.map(({ name }) => name);
}

export const networkPrune: Verb = {
  usage: "network prune [OPTIONS]",
  summary: "Remove all unused networks",
  flags: PRUNE_FLAGS,
  run(runtime, argv) {
    const flags = parseFlags(PRUNE_FLAGS, argv, true);
    requireWords(flags.rest, 0, 0);
    const filters = parseFilters(flags.list("filter"), ["label", "label!"]);
    if (!flags.bool("force") && !confirmed(runtime, WARNING)) return 0;
    const names = pruneNetworks(runtime, ({ labels }) => !filters.matchesLabels(labels));
    if (names.length > 0) runtime.out(`Deleted Networks:\n${names.join("\n")}\n\n`);
    return 0;
  },
};
