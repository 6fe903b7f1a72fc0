/** What docker's daemon does when it starts: the three networks that are always there, and the default one's bridge. */
import type { Host } from "../container/host.ts";
import { ensureBridge } from "./bridge.ts";
import { sweep } from "./endpoint.ts";
import { DEFAULT_NETWORK, ensurePredefined, networkNamed } from "./networks.ts";

export function prepareDefaultNetwork(host: Host): void {
  ensurePredefined(host);
  const network = networkNamed(host, DEFAULT_NETWORK);
  if (network) ensureBridge(host, network);
  sweep(host, null);
}
