/**
 * Which address is whose: in the folder of a network one symbolic link an address, whose text is the whole endpoint.
 * symlink(2) gives an address away or says that it is taken, in one call, so there is no lock and no half-written file;
 * whoever dies leaves a link that names its container, and the next call that meets it takes it back.
 *
 *   /run/box/networks/<id>/leases/172.17.0.2 -> <container id> <veth> <eth> <mac> <name>,<alias>,...
 */
import { readdirSync, readlinkSync, renameSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { type Host, isErrno } from "../container/host.ts";
import type { Paths } from "../container/paths.ts";
import {
  broadcastOf,
  contains,
  formatAddress,
  macOfAddress,
  parseAddress,
  parseCidr,
  type Subnet,
  sizeOf,
} from "./ipv4.ts";
import { leasesFolder, type Network, networkFolder } from "./networks.ts";

export interface Lease {
  readonly address: string;
  readonly containerId: string;
  /** The end of the pair that is a port of the bridge. */
  readonly veth: string;
  /** The container's end. */
  readonly device: string;
  readonly mac: string;
  /** What the network's resolver knows it by: the container's name first. */
  readonly names: readonly string[];
}

export type LeaseRequest = Omit<Lease, "address" | "mac"> & {
  readonly address: string | null;
  readonly mac: string | null;
};

const textOf = ({ containerId, veth, device, mac, names }: Lease): string =>
  `${containerId} ${veth} ${device} ${mac} ${names.join(",")}`;

function parseLease(address: string, text: string): Lease | null {
  const [containerId, veth, device, mac, names] = text.split(" ");
  if (!containerId || !veth || !device || !mac) return null;
  return { address, containerId, veth, device, mac, names: names ? names.split(",") : [] };
}

export const subnetOf = (network: Network): Subnet => {
  const parsed = parseCidr(network.subnet);
  if (!parsed) throw new Error(`network ${network.name} has no subnet`);
  return parsed.subnet;
};

export function readLease(paths: Paths, network: string, address: string): Lease | null {
  try {
    return parseLease(address, readlinkSync(`${leasesFolder(paths, network)}/${address}`));
  } catch (error) {
    if (isErrno(error, "ENOENT", "EINVAL")) return null;
    throw error;
  }
}

export function listLeases(paths: Paths, network: string): Lease[] {
  let names: string[];
  try {
    names = readdirSync(leasesFolder(paths, network));
  } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
  return names.flatMap((name) => readLease(paths, network, name) ?? []);
}

export class AddressTaken extends Error {}

function claim({ paths }: Host, network: Network, request: LeaseRequest, address: number): Lease | null {
  const text = formatAddress(address);
  const lease: Lease = { ...request, address: text, mac: request.mac ?? macOfAddress(address) };
  try {
    symlinkSync(textOf(lease), `${leasesFolder(paths, network.id)}/${text}`);
    return lease;
  } catch (error) {
    if (isErrno(error, "EEXIST")) return null;
    throw error;
  }
}

/** The lowest address that is free, as docker gives them, or the one that was asked for. `isStale` takes dead ones back. */
export function takeLease(
  host: Host,
  network: Network,
  request: LeaseRequest,
  reclaim: (lease: Lease) => boolean,
): Lease {
  const subnet = subnetOf(network);
  if (request.address !== null) return takeNamed(host, network, request, reclaim);
  const range = parseCidr(network.ipRange)?.subnet ?? subnet;
  const gateway = parseAddress(network.gateway);
  const isGiven = (address: number) =>
    address !== subnet.base && address !== broadcastOf(subnet) && address !== gateway && contains(subnet, address);
  // Nobody else is there, mostly: then it is one system call.
  let first = range.base;
  while (!isGiven(first)) first++;
  const easy = claim(host, network, request, first);
  if (easy) return easy;
  for (let attempt = 0; attempt < 2; attempt++) {
    const taken = new Set(readdirSync(leasesFolder(host.paths, network.id)));
    for (let address = range.base; address < range.base + sizeOf(range); address++) {
      if (!isGiven(address) || taken.has(formatAddress(address))) continue;
      const lease = claim(host, network, request, address);
      if (lease) return lease;
    }
    for (const lease of listLeases(host.paths, network.id)) reclaim(lease);
  }
  throw new Error(`no available IPv4 addresses on this network's address pools: ${network.name} (${network.id})`);
}

function takeNamed(host: Host, network: Network, request: LeaseRequest, reclaim: (lease: Lease) => boolean): Lease {
  const address = parseAddress(request.address ?? "");
  if (address === null) throw new Error(`invalid IPv4 address: ${request.address}`);
  if (!contains(subnetOf(network), address)) {
    throw new Error(`Invalid address ${request.address}: It does not belong to any of this network's subnets`);
  }
  if (request.address === network.gateway) throw new AddressTaken("Address already in use");
  for (let attempt = 0; attempt < 2; attempt++) {
    const lease = claim(host, network, request, address);
    if (lease) return lease;
    const holder = readLease(host.paths, network.id, formatAddress(address));
    if (holder && !reclaim(holder)) break;
  }
  throw new AddressTaken("Address already in use");
}

/** The container's other name, where it stands first; a reader sees the old record or the new one. */
export function renameLease({ paths }: Host, network: string, lease: Lease, name: string): void {
  const fresh = `${networkFolder(paths, network)}/renamed-${lease.address}`;
  rmSync(fresh, { force: true }); // of one that was killed
  symlinkSync(textOf({ ...lease, names: [name, ...lease.names.slice(1)] }), fresh);
  renameSync(fresh, `${leasesFolder(paths, network)}/${lease.address}`);
}

export function dropLease(paths: Paths, network: string, address: string): void {
  try {
    unlinkSync(`${leasesFolder(paths, network)}/${address}`);
  } catch (error) {
    if (!isErrno(error, "ENOENT")) throw error;
  }
}
