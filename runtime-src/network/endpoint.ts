/**
 * A container on its networks: what it asks for (kept in state.json), what it has while it runs, and the parts that the
 * step tables and `box network connect` put together: address, pair of devices, addresses inside, and back again.
 *
 *   take (lease) -> plug in (veth, born in the container's namespace) -> configure inside (address, route)
 *   unplug (veth) -> give back (lease)       what the kernel holds goes first, its record last
 */

import type { Host } from "../container/host.ts";
import { lockFolder } from "../container/lock-folder.ts";
import { isSupervised } from "../container/supervised.ts";
import type { LinuxCalls } from "../linux/syscalls.ts";
import { ensureBridge } from "./bridge.ts";
import { parseAddress, parseMac } from "./ipv4.ts";
import { dropLease, type Lease, listLeases, readLease, subnetOf, takeLease } from "./leases.ts";
import {
  addAddress,
  addDefaultRoute,
  deleteLink,
  isolatePort,
  listLinks,
  loopbackUp,
  newVethPair,
  setUpRequest,
} from "./link.ts";
import { NetlinkError, type NetlinkSocket, openRouteSocket } from "./netlink.ts";
import { DEFAULT_NETWORK, leasesFolder, listNetworks, type Network, networkNamed, readNetwork } from "./networks.ts";
import { type BoundPort, listPorts, type PortLink, releasePorts } from "./ports.ts";

/** What a container asks of a network. */
export interface EndpointRequest {
  readonly networkId: string;
  readonly networkName: string;
  /** Names beside its own and its short id, on networks with a resolver. */
  readonly aliases: readonly string[];
  readonly address: string | null;
  readonly mac: string | null;
}

/** What it has while it runs. */
export interface Endpoint {
  readonly networkId: string;
  readonly address: string;
  readonly prefix: number;
  /** null on a network that leads nowhere (--internal). */
  readonly gateway: string | null;
  readonly mac: string;
  readonly veth: string;
  readonly device: string;
}

interface Owner {
  readonly id: string;
  readonly name: string;
}

const HEX_PER_NAME = 7;
const NAMES_IN_ID = 9;

/** As docker's look; made from the id, so that it can be found again. */
const vethName = (id: string, number: number): string => {
  const at = HEX_PER_NAME * (number % NAMES_IN_ID);
  return `veth${id.slice(at, at + HEX_PER_NAME)}`;
};

export function takeEndpoint(
  host: Host,
  network: Network,
  request: EndpointRequest,
  { id, name }: Owner,
  number: number,
): Endpoint {
  const lease = takeLease(
    host,
    network,
    {
      containerId: id,
      veth: vethName(id, number),
      device: `eth${number}`,
      address: request.address,
      mac: request.mac,
      names: [name, ...request.aliases, id.slice(0, 12)],
    },
    (other) => reclaimLease(host, network.id, other),
  );
  const { address, mac, veth, device } = lease;
  const gateway = network.internal ? null : network.gateway;
  return { networkId: network.id, address, prefix: subnetOf(network).prefix, gateway, mac, veth, device };
}

/** The pair, one end on the bridge, the other in the container. A bridge that somebody deleted is made again. */
export function plugIn(host: Host, network: Network, endpoint: Endpoint, pid: number): void {
  const socket = openRouteSocket(host.linux);
  try {
    const plug = (bridgeIndex: number) => {
      const { veth, device, mac } = endpoint;
      const peerMac = parseMac(mac) ?? new Uint8Array(6);
      const pair = newVethPair({ name: veth, bridgeIndex, pid, peerName: device, peerMac, mtu: network.mtu });
      socket.request(`RTM_NEWLINK ${veth}`, ...(network.icc ? [pair] : [pair, isolatePort(veth)]));
    };
    try {
      plug(ensureBridge(host, network));
    } catch (error) {
      if (!(error instanceof NetlinkError && (error.code === "EINVAL" || error.code === "ENODEV"))) throw error;
      plug(ensureBridge(host, network, true));
    }
  } finally {
    socket.close();
  }
}

/** Without asking: in a new namespace only the loopback device was there before. */
const FIRST_INDEX = 2;

const addressing = (endpoint: Endpoint, index: number): Uint8Array[] => {
  const address = parseAddress(endpoint.address) ?? 0;
  // The kernel takes the network's own part from the prefix.
  const { prefix } = endpoint;
  const size = 2 ** (32 - prefix);
  return [addAddress(index, address, { base: Math.floor(address / size) * size, prefix }), setUpRequest(index)];
};

/** In a namespace that is new: loopback up, each device its address, the first that leads anywhere the default route. */
export function configureNew(socket: NetlinkSocket, endpoints: readonly Endpoint[]): void {
  const gateway = endpoints.find((endpoint) => endpoint.gateway !== null)?.gateway;
  socket.request(
    "RTM_NEWADDR eth0",
    loopbackUp,
    ...endpoints.flatMap((endpoint, i) => addressing(endpoint, FIRST_INDEX + i)),
    ...(gateway ? [addDefaultRoute(parseAddress(gateway) ?? 0)] : []),
  );
}

export function configureOwn(linux: LinuxCalls, endpoints: readonly Endpoint[]): void {
  const socket = openRouteSocket(linux);
  try {
    configureNew(socket, endpoints);
  } finally {
    socket.close();
  }
}

/** In a namespace that lives: where there is no default route yet, this one becomes it. */
export function configureLive(socket: NetlinkSocket, endpoint: Endpoint): void {
  const link = listLinks(socket).find(({ name }) => name === endpoint.device);
  if (!link) throw new Error(`${endpoint.device}: not in the container's network namespace`);
  socket.request(`RTM_NEWADDR ${endpoint.device}`, ...addressing(endpoint, link.index));
  if (endpoint.gateway !== null) setDefaultRoute(socket, endpoint.gateway);
}

/** Does nothing where there is one. */
export function setDefaultRoute(socket: NetlinkSocket, gateway: string): void {
  try {
    socket.request("RTM_NEWROUTE default", addDefaultRoute(parseAddress(gateway) ?? 0));
  } catch (error) {
    if (!(error instanceof NetlinkError && error.code === "EEXIST")) throw error;
  }
}

/** Devices first, then ports, then the records. What is gone already is not missed. */
export function giveBack(
  host: Host,
  endpoints: readonly Pick<Endpoint, "networkId" | "address" | "veth">[],
  ports: readonly BoundPort[],
): void {
  if (endpoints.length === 0) return;
  const socket = openRouteSocket(host.linux);
  try {
    for (const { veth } of endpoints) unplug(socket, veth);
  } finally {
    socket.close();
  }
  releasePorts(host, ports);
  for (const { networkId, address } of endpoints) dropLease(host.paths, networkId, address);
}

/** The other end goes with it, wherever it is. */
function unplug(socket: NetlinkSocket, veth: string): void {
  try {
    socket.request(`RTM_DELLINK ${veth}`, deleteLink(veth));
  } catch (error) {
    if (!(error instanceof NetlinkError && error.code === "ENODEV")) throw error;
  }
}

/** true when the lease's container is no more, and everything of it has been taken back. */
export function reclaimLease(host: Host, networkId: string, lease: Lease): boolean {
  if (isSupervised(host, lease.containerId)) return false;
  const { linux, paths } = host;
  const lock = lockFolder(linux, leasesFolder(paths, networkId));
  try {
    // Somebody else may have taken it back and given it away meanwhile.
    const now = readLease(paths, networkId, lease.address);
    if (now?.containerId !== lease.containerId || isSupervised(host, lease.containerId)) return now === null;
    const ports = listPorts(host).filter(
      (port) => port.containerId === lease.containerId && port.address === lease.address,
    );
    giveBack(host, [{ ...lease, networkId }], ports);
    return true;
  } finally {
    linux.close(lock);
  }
}

export function reclaimPort(host: Host, link: PortLink): boolean {
  if (isSupervised(host, link.containerId)) return false;
  releasePorts(host, [link]);
  return true;
}

/** Whatever a container that has no supervisor (any more) still holds; of every such container when no id is given. */
export function sweep(host: Host, containerId: string | null): void {
  const isMeant = (id: string) => containerId === null || containerId === id;
  for (const network of listNetworks(host)) {
    for (const lease of listLeases(host.paths, network.id)) {
      if (isMeant(lease.containerId)) reclaimLease(host, network.id, lease);
    }
  }
  for (const link of listPorts(host)) if (isMeant(link.containerId)) reclaimPort(host, link);
}

export const networkOf = (host: Host, id: string): Network => {
  const usual = networkNamed(host, DEFAULT_NETWORK);
  if (usual?.id === id) return usual;
  const network = readNetwork(host.paths, id);
  if (!network) throw new Error(`network ${id} not found`);
  return network;
};
