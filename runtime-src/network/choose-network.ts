/** What `docker network create` asks for, and what the network will be: checked, its subnet found. */
import type { Host } from "../container/host.ts";
import { isDevice } from "./bridge.ts";
import { contains, formatAddress, formatSubnet, overlaps, parseAddress, parseCidr, type Subnet } from "./ipv4.ts";
import { listRoutes } from "./link.ts";
import { openRouteSocket } from "./netlink.ts";
import { isNetworkName, listNetworks, type Network, networkNamed, randomId } from "./networks.ts";
import { freePool } from "./pools.ts";

export interface NetworkRequest {
  readonly name: string;
  readonly driver: string;
  readonly internal: boolean;
  readonly subnet: string | null;
  readonly gateway: string | null;
  readonly ipRange: string | null;
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

const OPTION = "com.docker.network.bridge.";
const MTU = "com.docker.network.driver.mtu";
/** What the kernel takes for the name of a device. */
const isDeviceName = (name: string): boolean => /^[a-zA-Z0-9_.-]{1,15}$/.test(name) && name !== "." && name !== "..";

interface BridgeOptions {
  readonly bridge: string | null;
  readonly icc: boolean;
  readonly mtu: number | null;
}

function bridgeOptions(options: Readonly<Record<string, string>>): BridgeOptions {
  let bridge: string | null = null;
  let icc = true;
  let mtu: number | null = null;
  for (const [key, value] of Object.entries(options)) {
    if (key === `${OPTION}name`) {
      if (!isDeviceName(value)) throw new Error(`invalid bridge name: ${value}`);
      bridge = value;
    } else if (key === `${OPTION}enable_icc`) icc = value !== "false";
    else if (key === MTU) {
      mtu = Number(value);
      if (!Number.isInteger(mtu) || mtu < 68 || mtu > 65_535) throw new Error(`invalid MTU number: ${value}`);
    } else if (key !== `${OPTION}enable_ip_masquerade` || value === "false") {
      throw new Error(
        `option ${key}=${value} is not supported: there is ${OPTION}name, ${OPTION}enable_icc and ${MTU}`,
      );
    }
  }
  return { bridge, icc, mtu };
}

function takenSubnets(host: Host, networks: readonly Network[]): Subnet[] {
  const socket = openRouteSocket(host.linux);
  try {
    const ofNetworks = networks.flatMap(({ subnet }) => parseCidr(subnet)?.subnet ?? []);
    return [...ofNetworks, ...listRoutes(socket)];
  } finally {
    socket.close();
  }
}

function wantedSubnet(text: string, taken: readonly Subnet[]): Subnet {
  const parsed = parseCidr(text);
  if (!parsed) throw new Error(`invalid CIDR address: ${text}`);
  const { subnet, address } = parsed;
  if (address !== subnet.base) {
    throw new Error(`invalid network config:\ninvalid subnet ${text}: it should be ${formatSubnet(subnet)}`);
  }
  if (subnet.prefix > 30 || subnet.prefix < 8) throw new Error(`invalid subnet ${text}: use a prefix from /8 to /30`);
  if (taken.some((other) => overlaps(other, subnet))) {
    throw new Error("invalid pool request: Pool overlaps with other one on this address space");
  }
  return subnet;
}

function gatewayOf(subnet: Subnet, text: string | null): string {
  if (text === null) return formatAddress(subnet.base + 1);
  const value = parseAddress(text);
  if (value === null) throw new Error(`invalid gateway address: ${text}`);
  if (!contains(subnet, value)) throw new Error(`no matching subnet for gateway ${text}`);
  return text;
}

function rangeOf(subnet: Subnet, text: string | null): string {
  if (text === null) return "";
  const range = parseCidr(text)?.subnet;
  if (!range) throw new Error(`invalid CIDR address: ${text}`);
  if (range.prefix < subnet.prefix || !contains(subnet, range.base))
    throw new Error(`no matching subnet for range ${text}`);
  return formatSubnet(range);
}

function checkName(host: Host, name: string, driver: string): void {
  if (!isNetworkName(name)) {
    throw new Error(`invalid network name "${name}": only [a-zA-Z0-9][a-zA-Z0-9_.-]* is allowed`);
  }
  if (driver === "host" || driver === "null") throw new Error(`only one instance of "${driver}" network is allowed`);
  if (driver !== "bridge")
    throw new Error(`error looking up network plugin ${driver}: plugin not found; there is "bridge"`);
  if (networkNamed(host, name)) throw new Error(`network with name ${name} already exists`);
}

/** Nothing is made yet; who calls it holds the lock. Throws docker's words. */
export function chooseNetwork(host: Host, request: NetworkRequest): Network {
  const { name, driver, internal, options, labels } = request;
  checkName(host, name, driver);
  const { bridge, icc, mtu } = bridgeOptions(options);
  if (request.subnet === null && (request.gateway !== null || request.ipRange !== null)) {
    throw new Error(
      `no matching subnet for ${request.gateway === null ? "range" : "gateway"} ${request.gateway ?? request.ipRange}`,
    );
  }
  const networks = listNetworks(host);
  if (bridge !== null && networks.some((other) => other.bridge === bridge)) {
    throw new Error(`networks have same bridge name: ${bridge}`);
  }
  // It would become a part of the network, and go with it.
  if (bridge !== null && isDevice(host, bridge)) {
    throw new Error(
      `bridge name ${bridge}: there is a device of this name; choose another, or "ip link del ${bridge}"`,
    );
  }
  const taken = takenSubnets(host, networks);
  const subnet = request.subnet === null ? freePool(taken) : wantedSubnet(request.subnet, taken);
  const id = randomId();
  return {
    id,
    name,
    driver: "bridge",
    createdMs: Date.now(),
    internal,
    icc,
    bridge: bridge ?? `br-${id.slice(0, 12)}`,
    subnet: formatSubnet(subnet),
    hasOwnSubnet: request.subnet !== null,
    gateway: gatewayOf(subnet, request.gateway),
    ipRange: rangeOf(subnet, request.ipRange),
    mtu,
    options,
    labels,
  };
}
