/**
 * Ports of this machine that lead into containers. Each is a symbolic link in /run/box/ports (see leases.ts for why) and a
 * rule of the nftables chain `ports`: the link is there before the rule and goes after it, so what a crash leaves is
 * always known by its link.
 *
 *   /run/box/ports/tcp-0.0.0.0-8080 -> <container id> 172.17.0.2 80
 */
import { readdirSync, readFileSync, readlinkSync, symlinkSync, unlinkSync } from "node:fs";
import { type Host, isErrno } from "../container/host.ts";
import { parseAddress } from "./ipv4.ts";
import { portsFolder } from "./networks.ts";
import type { PortRequest } from "./publish-options.ts";
import { addPortRules, type PortRule, type Protocol, removePortRules } from "./ruleset.ts";

export interface BoundPort {
  readonly protocol: Protocol;
  readonly port: number;
  readonly hostAddress: string;
  readonly hostPort: number;
}

export interface PortLink extends BoundPort {
  readonly containerId: string;
  readonly address: string;
}

const ANY = "0.0.0.0";
/** docker takes ports that nobody named from the kernel's own range (ip_local_port_range). */
const FIRST_DYNAMIC = 32_768;
const LAST_DYNAMIC = 60_999;

const folderOf = ({ paths }: Host): string => portsFolder(paths);
const fileOf = (host: Host, { protocol, hostAddress, hostPort }: BoundPort): string =>
  `${folderOf(host)}/${protocol}-${hostAddress}-${hostPort}`;

export class PortTaken extends Error {}

function parseLink(host: Host, name: string): PortLink[] {
  const [protocol, hostAddress, hostPort] = name.split("-");
  let text: string;
  try {
    text = readlinkSync(`${folderOf(host)}/${name}`);
  } catch (error) {
    if (isErrno(error, "ENOENT", "EINVAL")) return [];
    throw error;
  }
  const [containerId, address, port] = text.split(" ");
  if ((protocol !== "tcp" && protocol !== "udp") || !hostAddress || !containerId || !address) return [];
  return [{ protocol, hostAddress, hostPort: Number(hostPort), containerId, address, port: Number(port) }];
}

export function listPorts(host: Host): PortLink[] {
  try {
    return readdirSync(folderOf(host)).flatMap((name) => parseLink(host, name));
  } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
}

/** What listens on this machine itself, from proc(5) net/tcp: docker would find it by binding the port. */
function listensHere(protocol: Protocol, hostAddress: string, hostPort: number): boolean {
  const wantedPort = hostPort.toString(16).toUpperCase().padStart(4, "0");
  const lines = readFileSync(`/proc/net/${protocol}`, "utf8").split("\n").slice(1);
  return lines.some((line) => {
    const [, local = "", , state] = line.trim().split(/\s+/);
    const [address, port] = local.split(":");
    if (port !== wantedPort || (protocol === "tcp" && state !== "0A")) return false;
    return hostAddress === ANY || address === "00000000" || address === procAddress(hostAddress);
  });
}

/** As proc(5) prints it: the four bytes as one little-endian word. */
const procAddress = (text: string): string =>
  text
    .split(".")
    .reverse()
    .map((byte) => Number(byte).toString(16).toUpperCase().padStart(2, "0"))
    .join("");

const meets = (a: string, b: string): boolean => a === b || a === ANY || b === ANY;

interface Owner {
  readonly containerId: string;
  readonly address: string;
  readonly reclaim: (link: PortLink) => boolean;
}

function claim(host: Host, bound: BoundPort, { containerId, address, reclaim }: Owner): boolean {
  for (const other of listPorts(host)) {
    const isSame = other.protocol === bound.protocol && other.hostPort === bound.hostPort;
    if (isSame && meets(other.hostAddress, bound.hostAddress) && !reclaim(other)) return false;
  }
  if (listensHere(bound.protocol, bound.hostAddress, bound.hostPort)) return false;
  try {
    symlinkSync(`${containerId} ${address} ${bound.port}`, fileOf(host, bound));
    return true;
  } catch (error) {
    if (isErrno(error, "EEXIST")) return false;
    throw error;
  }
}

const ruleOf = (bound: BoundPort, address: string): PortRule => ({
  protocol: bound.protocol,
  hostAddress: parseAddress(bound.hostAddress) ?? 0,
  hostPort: bound.hostPort,
  address: parseAddress(address) ?? 0,
  port: bound.port,
});

/** All of them or none. Throws docker's words when one is taken. */
export function bindPorts(host: Host, requests: readonly PortRequest[], owner: Owner): BoundPort[] {
  const bound: BoundPort[] = [];
  try {
    for (const request of requests) bound.push(bindOne(host, request, owner));
    addPortRules(
      host.linux,
      bound.map((entry) => ruleOf(entry, owner.address)),
    );
    return bound;
  } catch (error) {
    releasePorts(host, bound);
    throw error;
  }
}

function bindOne(host: Host, { protocol, port, hostAddress, hostPorts }: PortRequest, owner: Owner): BoundPort {
  const { from, to } = hostPorts ?? { from: FIRST_DYNAMIC, to: LAST_DYNAMIC };
  for (let hostPort = from; hostPort <= to; hostPort++) {
    const bound: BoundPort = { protocol, port, hostAddress, hostPort };
    if (claim(host, bound, owner)) return bound;
  }
  if (from === to) throw new PortTaken(`Bind for ${hostAddress}:${from} failed: port is already allocated`);
  throw new PortTaken(`all ports are allocated: ${hostAddress}:${from}-${to}`);
}

export function releasePorts(host: Host, ports: readonly BoundPort[]): void {
  if (ports.length === 0) return;
  removePortRules(
    host.linux,
    ports.map((bound) => ruleOf(bound, ANY)),
  );
  for (const bound of ports) {
    try {
      unlinkSync(fileOf(host, bound));
    } catch (error) {
      if (!isErrno(error, "ENOENT")) throw error;
    }
  }
}
