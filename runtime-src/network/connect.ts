/**
 * A container joins or leaves a network after it was made (`docker network connect`, `disconnect`, and the agent). Of one
 * that runs, the devices change now and its supervisor is told; of any, its state, which the next start goes by.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { writeHosts, writeResolvConf } from "../container/etc-files.ts";
import { type Host, isErrno } from "../container/host.ts";
import { stateFolder } from "../container/paths.ts";
import { type ContainerState, writeState } from "../container/state.ts";
import { openStepPort, stepReporter } from "../container/step-port.ts";
import { runSteps, type Step } from "../container/steps.ts";
import { SIGURG } from "../linux/constants.ts";
import { sourceHere } from "../linux/source-position.ts";
import {
  configureLive,
  type Endpoint,
  type EndpointRequest,
  giveBack,
  plugIn,
  reclaimPort,
  setDefaultRoute,
  takeEndpoint,
} from "./endpoint.ts";
import { openRouteSocket } from "./netlink.ts";
import { DEFAULT_NETWORK, type Network } from "./networks.ts";
import { bindPorts } from "./ports.ts";
import { inNetworkOf, RESOLVER_ADDRESS } from "./resolver.ts";
import { type NetworkSettings, sharedWith } from "./settings.ts";

/** docker's reasons. */
function checkMode({ network: { mode } }: ContainerState): void {
  if (mode === "host")
    throw new Error("container cannot be disconnected from host network or connected to host network");
  if (sharedWith(mode) !== null) {
    throw new Error(
      "container sharing network namespace with another container or host cannot be connected to any other network",
    );
  }
}

/** The name of its first network is its mode. */
const modeOf = (requests: readonly EndpointRequest[]): string => requests[0]?.networkName ?? "none";

function keep(host: Host, state: ContainerState, network: NetworkSettings): void {
  writeState(host.paths, { ...state, network });
  if (state.status !== "running") return;
  refreshFiles(host, state, network);
  if (state.supervisorPid !== null) tell(host, state.supervisorPid);
}

function tell({ linux }: Host, supervisorPid: number): void {
  try {
    linux.kill(supervisorPid, SIGURG);
  } catch (error) {
    if (!isErrno(error, "ESRCH")) throw error;
  }
}

/** hosts and resolv.conf are bind mounts of ours: what is written here is read there. */
function refreshFiles(
  { paths }: Host,
  { id, spec }: ContainerState,
  { endpoints, requests, dns }: NetworkSettings,
): void {
  const folder = stateFolder(paths, id);
  writeHosts(
    folder,
    spec,
    endpoints.map(({ address }) => address),
  );
  if (requests.some(({ networkName }) => networkName !== DEFAULT_NETWORK)) {
    writeResolvConf(folder, dns, RESOLVER_ADDRESS);
  } else if (readFileSync(`${folder}/resolv.conf`, "utf8").includes(RESOLVER_ADDRESS)) {
    writeFileSync(`${folder}/resolv.conf`, "");
    writeResolvConf(folder, dns, null);
  }
}

/** The lowest ethN that the container has not. */
function freeNumber(endpoints: readonly Endpoint[]): number {
  let number = 0;
  while (endpoints.some(({ device }) => device === `eth${number}`)) number++;
  return number;
}

export function connectContainer(host: Host, network: Network, state: ContainerState, request: EndpointRequest): void {
  checkMode(state);
  if (network.driver !== "bridge") throw new Error(`container cannot be connected to ${network.name} network`);
  const { requests, endpoints } = state.network;
  if (requests.some(({ networkId }) => networkId === network.id)) {
    throw new Error(`endpoint with name ${state.name} already exists in network ${network.name}`);
  }
  const after = [...requests, request];
  const settings = { ...state.network, mode: modeOf(after), requests: after };
  if (state.status !== "running" || state.pid === null) {
    keep(host, state, settings);
    return;
  }
  const number = freeNumber(endpoints);
  const c: ConnectContext = { host, network, state, request, settings, number, pid: state.pid, endpoint: null };
  runSteps(connectSteps, c, stepReporter(host.linux, openStepPort(host.linux, host.paths.steps), state, "connect"));
}

export interface ConnectContext {
  readonly host: Host;
  readonly network: Network;
  readonly state: ContainerState;
  readonly request: EndpointRequest;
  readonly settings: NetworkSettings;
  /** Of its ethN. */
  readonly number: number;
  readonly pid: number;
  endpoint: Endpoint | null;
}

export function endpointOf({ endpoint }: ConnectContext): Endpoint {
  if (!endpoint) throw new Error("no address has been taken");
  return endpoint;
}

export const connectSteps: readonly Step<ConnectContext>[] = [
  {
    name: "take-address",
    part: null,
    syscall: "link",
    args: ({ network }) => [network.name],
    source: sourceHere(),
    run: (c) => {
      c.endpoint = takeEndpoint(c.host, c.network, c.request, c.state, c.number);
    },
    undo: (c) => giveBack(c.host, [endpointOf(c)], []),
  },
  {
    name: "plug-in",
    part: "namespaces",
    syscall: "sendmsg",
    args: ({ number }) => ["RTM_NEWLINK", "veth", `eth${number}`],
    source: sourceHere(),
    run: (c) => plugIn(c.host, c.network, endpointOf(c), c.pid),
  },
  {
    name: "set-address",
    part: "namespaces",
    syscall: "sendmsg",
    args: (c) => ["RTM_NEWADDR", endpointOf(c).address],
    source: sourceHere(),
    run: (c) => {
      const socket = inNetworkOf(c.host.linux, c.pid, () => openRouteSocket(c.host.linux));
      try {
        configureLive(socket, endpointOf(c));
      } finally {
        socket.close();
      }
    },
  },
  {
    name: "write-state",
    part: null,
    syscall: "rename",
    args: ({ state }) => [`/run/box/${state.id}/state.json`],
    source: sourceHere(),
    run: (c) => {
      const settings = { ...c.settings, endpoints: [...c.state.network.endpoints, endpointOf(c)] };
      keep(c.host, c.state, withPorts(c.host, c.state, settings, endpointOf(c)));
    },
  },
];

/** Ports that could not be published before, because no network led outside, are now. */
function withPorts(host: Host, { id }: ContainerState, settings: NetworkSettings, endpoint: Endpoint): NetworkSettings {
  if (settings.ports.length > 0 || settings.publish.length === 0 || endpoint.gateway === null) return settings;
  const ports = bindPorts(host, settings.publish, {
    containerId: id,
    address: endpoint.address,
    reclaim: (link) => reclaimPort(host, link),
  });
  return { ...settings, ports };
}

export function disconnectContainer(host: Host, network: Network, state: ContainerState): void {
  checkMode(state);
  const { requests, endpoints, ports } = state.network;
  if (!requests.some(({ networkId }) => networkId === network.id)) {
    throw new Error(`container ${state.id} is not connected to network ${network.name}`);
  }
  const left = requests.filter(({ networkId }) => networkId !== network.id);
  const gone = endpoints.find(({ networkId }) => networkId === network.id);
  const rest = endpoints.filter((endpoint) => endpoint !== gone);
  const settings = { ...state.network, mode: modeOf(left), requests: left, endpoints: rest };
  if (!gone) {
    keep(host, state, settings);
    return;
  }
  // Ports lead to the first endpoint that has a gateway; they go with it and come back on the next.
  const target = endpoints.find(({ gateway }) => gateway !== null);
  const isTarget = target === gone;
  giveBack(host, [gone], isTarget ? ports : []);
  const next = rest.find(({ gateway }) => gateway !== null);
  let after: NetworkSettings = isTarget ? { ...settings, ports: [] } : settings;
  if (isTarget && next?.gateway && state.pid !== null) {
    const { gateway } = next;
    const socket = inNetworkOf(host.linux, state.pid, () => openRouteSocket(host.linux));
    try {
      setDefaultRoute(socket, gateway);
    } finally {
      socket.close();
    }
    after = withPorts(host, state, after, next);
  }
  keep(host, state, after);
}
