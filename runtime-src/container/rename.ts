/** A container's other name: claimed, written to its state, the old one given up; a failure gives the new one up. */
import { listLeases, renameLease } from "../network/leases.ts";
import { claimName } from "./create-steps.ts";
import type { Host } from "./host.ts";
import { type ContainerState, changeState, idOfName, nameLink, unlinkIfThere } from "./state.ts";

export function renameContainer(host: Host, { id, name: old, network }: ContainerState, name: string): void {
  claimName(host, id, name);
  try {
    if (!changeState(host, id, (state) => ({ ...state, name }))) throw new Error(`No such container: ${id}`);
  } catch (error) {
    unlinkIfThere(nameLink(host.paths, name));
    throw error;
  }
  for (const { networkId } of network.endpoints) {
    const own = listLeases(host.paths, networkId).filter(({ containerId }) => containerId === id);
    for (const lease of own) renameLease(host, networkId, lease, name);
  }
  if (idOfName(host.paths, old) === id) unlinkIfThere(nameLink(host.paths, old));
}
