/** `docker network create`: files before the device, the name last; the table of its steps. */
import type { Host } from "../container/host.ts";
import { runChange } from "../container/run-change.ts";
import type { Step } from "../container/steps.ts";
import { sourceHere } from "../linux/source-position.ts";
import { addRules, ensureDevice, removeDevice, removeRules } from "./bridge.ts";
import { chooseNetwork, type NetworkRequest } from "./choose-network.ts";
import { lockNetworksStep, type NetworkChange } from "./network-change.ts";
import { type Network, nameLink, nameNetwork, networkFile, removeNetworkFolder, writeNetwork } from "./networks.ts";

class CreateChange implements NetworkChange {
  readonly host: Host;
  readonly name: string;
  lock = -1;
  readonly request: NetworkRequest;
  made: Network | null = null;

  constructor(host: Host, request: NetworkRequest) {
    this.host = host;
    this.name = request.name;
    this.request = request;
  }

  get network(): Network {
    if (!this.made) throw new Error("no subnet has been chosen");
    return this.made;
  }
}

/** Nothing of it is seen before it has its name. */
export const createNetworkSteps: readonly Step<CreateChange>[] = [
  lockNetworksStep,
  {
    name: "choose-subnet",
    part: null,
    syscall: "sendmsg",
    args: ({ made }) => ["RTM_GETROUTE", made?.subnet ?? ""],
    source: sourceHere(),
    run: (c) => {
      c.made = chooseNetwork(c.host, c.request);
    },
  },
  {
    name: "write-network",
    part: null,
    syscall: "rename",
    args: ({ host, network }) => [`${networkFile(host.paths, network.id)}.new`, "network.json"],
    source: sourceHere(),
    run: ({ host, network }) => {
      try {
        writeNetwork(host, network);
      } catch (error) {
        removeNetworkFolder(host, network.id);
        throw error;
      }
    },
    undo: ({ host, network }) => removeNetworkFolder(host, network.id),
  },
  {
    name: "make-bridge",
    part: "namespaces",
    syscall: "sendmsg",
    args: ({ network }) => ["RTM_NEWLINK", "bridge", network.bridge],
    source: sourceHere(),
    run: ({ host, network }) => {
      try {
        ensureDevice(host, network);
      } catch (error) {
        removeDevice(host, network);
        throw error;
      }
    },
    undo: ({ host, network }) => removeDevice(host, network),
  },
  {
    name: "add-rules",
    part: "namespaces",
    syscall: "sendmsg",
    args: ({ network }) => ["NFT_MSG_NEWSETELEM", "box", network.bridge],
    source: sourceHere(),
    run: ({ host, network }) => addRules(host, network),
    undo: ({ host, network }) => removeRules(host, network),
  },
  {
    name: "name-network",
    part: null,
    syscall: "symlink",
    args: ({ host, network }) => [network.id, nameLink(host.paths, network.name)],
    source: sourceHere(),
    run: ({ host, network }) => nameNetwork(host, network),
  },
];

export function createNetwork(host: Host, request: NetworkRequest): Network {
  const change = new CreateChange(host, request);
  runChange(change, "network create", createNetworkSteps);
  return change.network;
}
