/**
 * What `network create` and `network rm` begin with: flock(2) on the folder of the networks. Whoever takes it finds what a
 * killed one has left: a network without its name, which was never made, or without its folder of leases, which nobody can
 * join any more.
 */
import { existsSync } from "node:fs";
import type { Host } from "../container/host.ts";
import { type Change, runChange } from "../container/run-change.ts";
import type { Step } from "../container/steps.ts";
import { sourceHere } from "../linux/source-position.ts";
import { removeDevice, removeRules } from "./bridge.ts";
import {
  ensurePredefined,
  isNamed,
  leasesFolder,
  lockNetworks,
  type Network,
  networkIds,
  networksFolder,
  readNetwork,
  removeNetworkFolder,
  unnameNetwork,
} from "./networks.ts";

export interface NetworkChange extends Change {
  readonly network: Network;
}

export const lockNetworksStep: Step<Change> = {
  name: "lock-networks",
  part: null,
  syscall: "flock",
  args: ({ host }) => [networksFolder(host.paths), "LOCK_EX"],
  source: sourceHere(),
  run: (c) => {
    ensurePredefined(c.host); // they are written under the same lock
    c.lock = lockNetworks(c.host);
    clearRemains(c.host);
  },
};

function clearRemains(host: Host): void {
  const { paths } = host;
  for (const id of networkIds(paths)) {
    const network = readNetwork(paths, id);
    if (network && isNamed(paths, id, network.name) && existsSync(leasesFolder(paths, id))) continue;
    if (network) {
      removeRules(host, network);
      removeDevice(host, network);
      unnameNetwork(host, network);
    }
    removeNetworkFolder(host, id);
  }
}

/** For those who only look: what was cut short is gone afterwards. */
export const finishChanges = (host: Host): void =>
  runChange({ host, name: "", lock: -1 }, "network prune", [lockNetworksStep]);
