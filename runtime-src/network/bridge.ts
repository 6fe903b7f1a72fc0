/**
 * A network's bridge device and its place in the nftables table, made when they are first needed and remade when somebody
 * has deleted them by hand. The bridge has the gateway's address and docker's kind of hardware address.
 */
import type { Host } from "../container/host.ts";
import { writeKernelFile } from "../container/host.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";
import { parseAddress } from "./ipv4.ts";
import { subnetOf } from "./leases.ts";
import { addAddress, deleteLink, listLinks, newBridge } from "./link.ts";
import { NetlinkError, openRouteSocket } from "./netlink.ts";
import { type Network, randomId } from "./networks.ts";
import { addBridgeRules, ensureRuleset, removeBridgeRules } from "./ruleset.ts";

/** By network: a resident's workers inherit what it has found. A bridge that was remade has another. */
const indices = new Map<string, number>();

const bridgeMac = (): Uint8Array => {
  const random = randomId();
  return Uint8Array.from([0x02, 0x42, ...[0, 2, 4, 6].map((at) => Number.parseInt(random.slice(at, at + 2), 16))]);
};

function indexOf(linux: LinuxCalls, name: string): number | null {
  const socket = openRouteSocket(linux);
  try {
    return listLinks(socket).find((link) => link.name === name)?.index ?? null;
  } finally {
    socket.close();
  }
}

/** The index of the network's bridge; `again` does not trust what was found before. */
export function ensureBridge(host: Host, network: Network, again = false): number {
  const known = again ? undefined : indices.get(network.id);
  if (known !== undefined) return known;
  const index = ensureDevice(host, network);
  addRules(host, network);
  indices.set(network.id, index);
  return index;
}

/** The device alone. */
export function ensureDevice({ linux }: Host, network: Network): number {
  let index = indexOf(linux, network.bridge);
  if (index === null) {
    makeBridge(linux, network);
    index = indexOf(linux, network.bridge);
  }
  if (index === null) throw new Error(`bridge ${network.bridge}: gone as soon as it was made`);
  return index;
}

export const isDevice = ({ linux }: Host, name: string): boolean => indexOf(linux, name) !== null;

/** Its elements of the sets, and the table that has them. */
export function addRules({ linux }: Host, { bridge, internal }: Network): void {
  ensureRuleset(linux);
  addBridgeRules(linux, bridge, internal);
}

export const removeRules = ({ linux }: Host, { bridge, internal }: Network): void =>
  removeBridgeRules(linux, bridge, internal);

function makeBridge(linux: LinuxCalls, network: Network): void {
  const socket = openRouteSocket(linux);
  try {
    socket.request(
      `RTM_NEWLINK ${network.bridge}`,
      newBridge({ name: network.bridge, mac: bridgeMac(), mtu: network.mtu }),
    );
    const index = listLinks(socket).find(({ name }) => name === network.bridge)?.index ?? 0;
    const gateway = parseAddress(network.gateway) ?? 0;
    socket.request(`RTM_NEWADDR ${network.gateway}`, addAddress(index, gateway, subnetOf(network)));
    // Published ports of this machine's own processes: 127.0.0.1 may then be routed to the bridge (ruleset.ts guards it).
    writeKernelFile(linux, `/proc/sys/net/ipv4/conf/${network.bridge}/route_localnet`, "1");
  } catch (error) {
    // Two may make it at once.
    if (!(error instanceof NetlinkError && error.code === "EEXIST")) throw error;
  } finally {
    socket.close();
  }
}

export function removeDevice({ linux }: Host, network: Network): void {
  indices.delete(network.id);
  const socket = openRouteSocket(linux);
  try {
    socket.request(`RTM_DELLINK ${network.bridge}`, deleteLink(network.bridge));
  } catch (error) {
    if (!(error instanceof NetlinkError && error.code === "ENODEV")) throw error;
  } finally {
    socket.close();
  }
}
