/** docker inspect's fields about networks: of a container's NetworkSettings and HostConfig. */
import type { ContainerState } from "../container/state.ts";
import type { PortRequest } from "../network/publish-options.ts";
import type { NetworkSettings } from "../network/settings.ts";

type Bindings = Record<string, { HostIp: string; HostPort: string }[] | null>;

export function portBindings(publish: readonly PortRequest[]): Bindings {
  const bindings: Bindings = {};
  for (const { port, protocol, hostAddress, hostPorts } of publish) {
    const HostIp = hostAddress === "0.0.0.0" ? "" : hostAddress;
    const HostPort = hostPorts ? String(hostPorts.from) : "";
    bindings[`${port}/${protocol}`] = [...(bindings[`${port}/${protocol}`] ?? []), { HostIp, HostPort }];
  }
  return bindings;
}

function boundPorts({ exposed, ports, endpoints }: NetworkSettings): Bindings {
  const bindings: Bindings = Object.fromEntries(endpoints.length > 0 ? exposed.map((port) => [port, null]) : []);
  for (const { port, protocol, hostAddress, hostPort } of ports) {
    const key = `${port}/${protocol}`;
    bindings[key] = [...(bindings[key] ?? []), { HostIp: hostAddress, HostPort: String(hostPort) }];
  }
  return bindings;
}

export function networkFields({ network, pid, id }: ContainerState) {
  const networks = network.requests.map(({ networkId, networkName, aliases, address }) => {
    const endpoint = network.endpoints.find((found) => found.networkId === networkId);
    return [
      networkName,
      {
        IPAMConfig: address === null ? null : { IPv4Address: address },
        Aliases: aliases.length > 0 ? aliases : null,
        MacAddress: endpoint?.mac ?? "",
        NetworkID: networkId,
        Gateway: endpoint?.gateway ?? "",
        IPAddress: endpoint?.address ?? "",
        IPPrefixLen: endpoint?.prefix ?? 0,
        DNSNames: networkName === "bridge" ? null : [...aliases, id.slice(0, 12)],
      },
    ] as const;
  });
  const plain =
    network.requests.length === 0 && !network.mode.startsWith("container:") ? [[network.mode, {}] as const] : [];
  const first = network.endpoints[0];
  return {
    SandboxKey: pid === null ? "" : `/proc/${pid}/ns/net`,
    Ports: boundPorts(network),
    Gateway: first?.gateway ?? "",
    IPAddress: first?.address ?? "",
    IPPrefixLen: first?.prefix ?? 0,
    MacAddress: first?.mac ?? "",
    Networks: Object.fromEntries([...networks, ...plain]),
  };
}
