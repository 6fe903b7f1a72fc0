/**
 * The network flags of `run` and `create`, resolved: docker's --network (also as name=…,alias=…,ip=…), --ip, aliases,
 * --dns, --publish, --expose. Names must be known now; addresses and ports are taken when the container starts.
 */
import type { ContainerState } from "../container/state.ts";
import type { EndpointRequest } from "../network/endpoint.ts";
import { contains, parseAddress, parseMac } from "../network/ipv4.ts";
import { subnetOf } from "../network/leases.ts";
import { DEFAULT_NETWORK, findNetwork, type Network, networkNamed } from "../network/networks.ts";
import { parseExpose, parsePublish, publishExposed } from "../network/publish-options.ts";
import { type DnsSettings, type NetworkSettings, NO_DNS, NO_NETWORK } from "../network/settings.ts";
import { requireContainer } from "./each-container.ts";
import { type ParsedFlags, UsageError } from "./flags.ts";
import type { Runtime } from "./runtime.ts";

export interface Wanted {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly address: string | null;
  readonly mac: string | null;
}

/** docker's two ways: a name, or name=web,alias=a,alias=b,ip=172.18.0.9. */
function parseNetworkFlag(text: string): Wanted {
  if (!text.includes("=")) return { name: text, aliases: [], address: null, mac: null };
  const aliases: string[] = [];
  let name = "";
  let address: string | null = null;
  let mac: string | null = null;
  for (const field of text.split(",")) {
    const [key, value = ""] = field.split("=");
    if (key === "name") name = value;
    else if (key === "alias") aliases.push(value);
    else if (key === "ip") address = value;
    else if (key === "mac-address") mac = value;
    else throw new UsageError(`invalid field key ${key}`);
  }
  if (name === "") throw new UsageError("network name/id is not specified");
  return { name, aliases, address, mac };
}

function wantedNetworks(flags: ParsedFlags): Wanted[] {
  const given = [...flags.list("network"), ...flags.list("net")].map(parseNetworkFlag);
  const [first = parseNetworkFlag(DEFAULT_NETWORK), ...more] = given;
  const name = first.name === "default" ? DEFAULT_NETWORK : first.name;
  const aliases = [...first.aliases, ...flags.list("network-alias"), ...flags.list("net-alias")];
  const address = flags.text("ip") ?? first.address;
  return [{ name, aliases, address, mac: flags.text("mac-address") ?? first.mac }, ...more];
}

/** docker's daemon refuses these, in these words. */
export function checkRequest(network: Network, { aliases, address, mac }: Wanted): void {
  if (network.name === DEFAULT_NETWORK && aliases.length > 0) {
    throw new Error("network-scoped aliases are only supported for user-defined networks");
  }
  if (address !== null) {
    const value = parseAddress(address);
    if (value === null) throw new UsageError(`invalid argument "${address}" for "--ip" flag: invalid IPv4 address`);
    if (network.name === DEFAULT_NETWORK || !network.hasOwnSubnet) {
      throw new Error(
        "user specified IP address is supported only when connecting to networks with user configured subnets",
      );
    }
    if (!contains(subnetOf(network), value)) {
      throw new Error(
        `invalid config for network ${network.name}: invalid endpoint settings:\nno configured subnet contains IP address ${address}`,
      );
    }
  }
  if (mac !== null && !parseMac(mac))
    throw new UsageError(`invalid argument "${mac}" for "--mac-address" flag: invalid MAC address`);
}

function requestOf(runtime: Runtime, wanted: Wanted): EndpointRequest {
  const network = findNetwork(runtime, wanted.name);
  if (network.driver !== "bridge")
    throw new Error(`conflicting options: cannot attach both user-defined and non-user-defined network-modes`);
  checkRequest(network, wanted);
  const { aliases, address, mac } = wanted;
  return { networkId: network.id, networkName: network.name, aliases, address, mac };
}

function dnsOf(flags: ParsedFlags): DnsSettings {
  const servers = flags.list("dns");
  for (const server of servers) {
    if (parseAddress(server) === null)
      throw new UsageError(`invalid argument "${server}" for "--dns" flag: ${server} is not an ip address`);
  }
  const search = flags.list("dns-search").filter((name) => name !== ".");
  const options = [...flags.list("dns-option"), ...flags.list("dns-opt")];
  return servers.length + search.length + options.length === 0 ? NO_DNS : { servers, search, options };
}

function exposedPorts(flags: ParsedFlags, ofImage: readonly string[]): string[] {
  return [...new Set([...ofImage, ...flags.list("expose").flatMap(parseExpose)])];
}

/** Networks that are no bridge: nothing is taken, and docker refuses what would need an address. */
function plainMode(runtime: Runtime, flags: ParsedFlags, { name }: Wanted): string | null {
  if (name === "none" || name === "host") return name;
  if (!name.startsWith("container:")) return null;
  const refuse = (flag: string) => new UsageError(`conflicting options: ${flag} and the container type network mode`);
  if (flags.given("publish") || flags.given("publish-all")) throw refuse("port publishing");
  if (flags.given("expose")) throw refuse("port exposing");
  if (flags.given("hostname")) throw refuse("hostname");
  if (flags.given("dns")) throw refuse("dns");
  if (flags.given("add-host")) throw refuse("custom host-to-IP mapping");
  return `container:${requireContainer(runtime, name.slice("container:".length)).id}`;
}

export function networkOf(runtime: Runtime, flags: ParsedFlags, imagePorts: readonly string[]): NetworkSettings {
  const wanted = wantedNetworks(flags);
  const [first] = wanted as [Wanted];
  const dns = dnsOf(flags);
  const exposed = exposedPorts(flags, imagePorts);
  const published = flags.list("publish").flatMap(parsePublish);
  const mode = plainMode(runtime, flags, first);
  if (mode !== null) {
    if (wanted.length > 1)
      throw new Error("conflicting options: cannot attach both user-defined and non-user-defined network-modes");
    if (mode === "host" && published.length > 0)
      runtime.err("WARNING: Published ports are discarded when using host network mode\n");
    return { ...NO_NETWORK, mode, dns, exposed };
  }
  const requests = wanted.map((one) => requestOf(runtime, one));
  const publish = flags.bool("publish-all") ? [...published, ...publishExposed(exposed, published)] : published;
  const all = [...new Set([...exposed, ...publish.map(({ port, protocol }) => `${port}/${protocol}`)])];
  return { ...NO_NETWORK, mode: requests[0]?.networkName ?? DEFAULT_NETWORK, requests, publish, exposed: all, dns };
}

/** --add-host name:host-gateway is this machine as the container sees it: the default bridge's address. */
export function extraHost(runtime: Runtime, text: string): string {
  const at = text.search(/[:=]/);
  if (at < 1)
    throw new UsageError(`invalid argument "${text}" for "--add-host" flag: bad format for add-host: "${text}"`);
  const [name, address] = [text.slice(0, at), text.slice(at + 1)];
  if (address === "host-gateway") return `${name}:${networkNamed(runtime, DEFAULT_NETWORK)?.gateway}`;
  if (parseAddress(address) === null && !/^\[?[0-9a-fA-F:]+\]?$/.test(address)) {
    throw new UsageError(
      `invalid argument "${text}" for "--add-host" flag: invalid IP address in add-host: "${address}"`,
    );
  }
  return `${name}:${address}`;
}

export const networkModeOf = ({ network }: ContainerState): string => network.mode;
