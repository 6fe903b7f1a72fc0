/** `docker network rm`: nobody can join any more, then the device, then the files; the table of its steps. */
import { mkdirSync, readdirSync, rmdirSync } from "node:fs";
import { type Host, isErrno } from "../container/host.ts";
import { runChange } from "../container/run-change.ts";
import type { Step } from "../container/steps.ts";
import { sourceHere } from "../linux/source-position.ts";
import { addRules, ensureDevice, removeDevice, removeRules } from "./bridge.ts";
import { listLeases } from "./leases.ts";
import { lockNetworksStep, type NetworkChange } from "./network-change.ts";
import {
  leasesFolder,
  type Network,
  nameLink,
  nameNetwork,
  networkFolder,
  PREDEFINED,
  removeNetworkFolder,
  unnameNetwork,
} from "./networks.ts";

/** What was removed meanwhile is not missed. */
export const removeNetworkSteps: readonly Step<NetworkChange>[] = [
  lockNetworksStep,
  {
    // A folder that can be removed had no leases, and none can be taken once it is gone.
    name: "close-network",
    part: null,
    syscall: "rmdir",
    args: ({ host, network }) => [leasesFolder(host.paths, network.id)],
    source: sourceHere(),
    run: ({ host, network }) => closeNetwork(host, network),
    undo: ({ host, network }) => {
      mkdirSync(leasesFolder(host.paths, network.id), 0o700);
    },
  },
  {
    name: "remove-rules",
    part: "namespaces",
    syscall: "sendmsg",
    args: ({ network }) => ["NFT_MSG_DELSETELEM", "box", network.bridge],
    source: sourceHere(),
    run: ({ host, network }) => removeRules(host, network),
    undo: ({ host, network }) => addRules(host, network),
  },
  {
    name: "remove-bridge",
    part: "namespaces",
    syscall: "sendmsg",
    args: ({ network }) => ["RTM_DELLINK", network.bridge],
    source: sourceHere(),
    run: ({ host, network }) => removeDevice(host, network),
    undo: ({ host, network }) => {
      ensureDevice(host, network);
    },
  },
  {
    name: "release-name",
    part: null,
    syscall: "unlink",
    args: ({ host, network }) => [nameLink(host.paths, network.name)],
    source: sourceHere(),
    run: ({ host, network }) => unnameNetwork(host, network),
    undo: ({ host, network }) => nameNetwork(host, network),
  },
  {
    name: "remove-network",
    part: null,
    syscall: "unlinkat",
    args: ({ host, network }) => [networkFolder(host.paths, network.id)],
    source: sourceHere(),
    run: ({ host, network }) => removeNetworkFolder(host, network.id),
  },
];

export function removeNetwork(host: Host, network: Network): void {
  const { name } = network;
  if (PREDEFINED.includes(name)) throw new Error(`${name} is a pre-defined network and cannot be removed`);
  runChange({ host, name, network, lock: -1 }, "network rm", removeNetworkSteps);
}

function closeNetwork(host: Host, network: Network): void {
  try {
    rmdirSync(leasesFolder(host.paths, network.id));
  } catch (error) {
    if (isErrno(error, "ENOTEMPTY")) throw activeEndpoints(host, network, error);
    if (!isErrno(error, "ENOENT")) throw error;
  }
}

function activeEndpoints(host: Host, network: Network, cause: unknown): Error {
  const users = listLeases(host.paths, network.id).map(
    ({ names, containerId }) => `name:"${names[0]}" id:"${containerId.slice(0, 12)}"`,
  );
  return new Error(`error while removing network: network ${network.name} has active endpoints (${users.join(", ")})`, {
    cause,
  });
}

/** Whether anybody is on it now. */
export function isUsed(host: Host, network: Network): boolean {
  try {
    return readdirSync(leasesFolder(host.paths, network.id)).length > 0;
  } catch {
    return false;
  }
}
