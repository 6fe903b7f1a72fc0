/** `docker network ls` and `inspect`. */

import { sweep } from "../network/endpoint.ts";
import { parseCidr } from "../network/ipv4.ts";
import { listLeases } from "../network/leases.ts";
import { findNetwork, listNetworks, type Network, PREDEFINED } from "../network/networks.ts";
import { isUsed } from "../network/remove-network.ts";
import { filterBool, nameMatcher, parseFilters } from "./filter.ts";
import { type Flag, parseFlags } from "./flags.ts";
import { printList } from "./list-output.ts";
import type { Runtime, Verb } from "./runtime.ts";
import { requireWords } from "./word-count.ts";

const LIST_FLAGS: readonly Flag[] = [
  { name: "filter", short: "f", kind: "list", help: 'Provide filter values (e.g. "driver=bridge")' },
  { name: "format", kind: "text", help: "Format output: table, json, or a template of {{.Fields}}" },
  { name: "no-trunc", kind: "bool", help: "Do not truncate the output" },
  { name: "quiet", short: "q", kind: "bool", help: "Only display network IDs" },
];

const SHAPE = {
  type: "*network.networkContext",
  headings: {
    ID: "NETWORK ID",
    Name: "NAME",
    Driver: "DRIVER",
    Scope: "SCOPE",
    IPv4: "IPV4",
    IPv6: "IPV6",
    Internal: "INTERNAL",
    Labels: "LABELS",
    CreatedAt: "CREATED AT",
  },
  columns: ["ID", "Name", "Driver", "Scope"],
  id: "ID",
} as const;

const createdAt = (ms: number): string => `${new Date(ms).toISOString().slice(0, 23).replace("T", " ")} +0000 UTC`;

const labelText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");

export const networkList: Verb = {
  usage: "network ls [OPTIONS]",
  summary: "List networks",
  flags: LIST_FLAGS,
  async run(runtime, argv) {
    const flags = parseFlags(LIST_FLAGS, argv, true);
    requireWords(flags.rest, 0, 0);
    const known = ["dangling", "driver", "id", "label", "name", "scope", "type"];
    const filters = parseFilters(flags.list("filter"), known);
    const whole = flags.bool("no-trunc");
    const found = listNetworks(runtime)
      .filter(
        (network) =>
          filters.matches("driver", (value) => network.driver === value) &&
          filters.matches("id", (value) => network.id.startsWith(value)) &&
          filters.matches("name", (value) => nameMatcher(value)(network.name)) &&
          filters.matches("scope", (value) => value === "local") &&
          filters.matches("type", (value) => (value === "builtin") === PREDEFINED.includes(network.name)) &&
          filters.matches("dangling", (value) => filterBool("dangling", value) === isDangling(runtime, network)) &&
          filters.matchesLabels(network.labels),
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const rows = found.map(({ id, name, driver, internal, labels, createdMs }) => ({
      ID: whole ? id : id.slice(0, 12),
      Name: name,
      Driver: driver,
      Scope: "local",
      IPv4: "true",
      IPv6: "false",
      Internal: String(internal),
      Labels: labelText(labels),
      CreatedAt: createdAt(createdMs),
    }));
    await printList(runtime, flags, SHAPE, rows);
    return 0;
  },
};

const isDangling = (runtime: Runtime, network: Network): boolean =>
  !PREDEFINED.includes(network.name) && !isUsed(runtime, network);

/** What `docker network inspect` shows. */
export function networkFields(runtime: Runtime, reference: string): object {
  const network = findNetwork(runtime, reference);
  sweep(runtime, null);
  const { id, name, driver, createdMs, internal, subnet, gateway, ipRange, options, labels } = network;
  const prefix = parseCidr(subnet)?.subnet.prefix;
  const config =
    subnet === "" ? null : [{ Subnet: subnet, ...(ipRange ? { IPRange: ipRange } : {}), Gateway: gateway }];
  const containers = listLeases(runtime.paths, id).map(({ containerId, names, mac, address }) => [
    containerId,
    { Name: names[0] ?? "", MacAddress: mac, IPv4Address: `${address}/${prefix}`, IPv6Address: "" },
  ]);
  return {
    Name: name,
    Id: id,
    Created: new Date(createdMs).toISOString(),
    Scope: "local",
    Driver: driver,
    EnableIPv4: true,
    EnableIPv6: false,
    IPAM: { Driver: "default", Options: null, Config: config },
    Internal: internal,
    Attachable: false,
    Ingress: false,
    Containers: Object.fromEntries(containers) as Record<string, unknown>,
    Options: options,
    Labels: labels,
  };
}
