/**
 * The network's part of starting a container, in its supervisor (start-steps.ts puts it in its place): an address and the
 * published ports before there is a process, so that a conflict costs none; the devices after clone3(2), when there is a
 * network namespace to put them in, and before the process is told to go on. Its own part is configureNew in init.
 */

import type { CreateContext } from "../container/create-context.ts";
import { writeHosts, writeResolvConf } from "../container/etc-files.ts";
import type { Step } from "../container/steps.ts";
import { sourceHere } from "../linux/source-position.ts";
import { giveBack, networkOf, plugIn, reclaimPort, takeEndpoint } from "./endpoint.ts";
import { DEFAULT_NETWORK } from "./networks.ts";
import { bindPorts, releasePorts } from "./ports.ts";
import { openResolver, RESOLVER_ADDRESS } from "./resolver.ts";
import type { NetworkSettings } from "./settings.ts";

/** Whether the child has to wait for them. */
export const needsNetworkFromParent = ({ requests }: NetworkSettings): boolean => requests.length > 0;

const hasNetwork = ({ state }: CreateContext): boolean => needsNetworkFromParent(state.network);

/** Networks that the user made have names, and the resolver that knows them. */
export const hasResolver = ({ state }: CreateContext): boolean =>
  state.network.requests.some(({ networkName }) => networkName !== DEFAULT_NETWORK);

export const addressSteps: readonly Step<CreateContext>[] = [
  {
    name: "take-address",
    part: "namespaces",
    syscall: "symlink",
    args: ({ endpoints }) => endpoints.map(({ address, prefix }) => `${address}/${prefix}`),
    source: sourceHere(),
    when: hasNetwork,
    run: takeAddresses,
    undo: (c) => giveBack(c.host, c.endpoints, []),
  },
  {
    name: "publish-ports",
    part: "namespaces",
    syscall: "sendmsg",
    args: ({ ports }) => ["NFT_MSG_NEWRULE", ...ports.map(({ hostPort, port }) => `${hostPort}:${port}`).slice(0, 20)],
    source: sourceHere(),
    when: (c) => hasNetwork(c) && c.state.network.publish.length > 0,
    run: publishPorts,
    undo: (c) => releasePorts(c.host, c.ports),
  },
];

export const attachNetworkSteps: readonly Step<CreateContext>[] = [
  {
    // Deleting the one end takes the other: taking the address back does it.
    name: "create-veth",
    part: "namespaces",
    syscall: "sendmsg",
    args: ({ endpoints }) => ["RTM_NEWLINK", ...endpoints.flatMap(({ veth, device }) => [veth, device])],
    source: sourceHere(),
    when: hasNetwork,
    run: (c) => {
      for (const endpoint of c.endpoints) plugIn(c.host, networkOf(c.host, endpoint.networkId), endpoint, c.pid);
    },
  },
  {
    name: "open-resolver",
    part: "namespaces",
    syscall: "bind",
    args: () => [`${RESOLVER_ADDRESS}:53`],
    source: sourceHere(),
    when: hasResolver,
    run: (c) => {
      c.resolver = openResolver(c.host.linux, c.pid);
    },
    undo: (c) => {
      c.host.linux.close(c.resolver);
      c.resolver = -1;
    },
  },
];

function takeAddresses(c: CreateContext): void {
  const { host, state } = c;
  const { requests, dns } = state.network;
  try {
    requests.forEach((request, i) => {
      c.endpoints.push(takeEndpoint(host, networkOf(host, request.networkId), request, state, i));
    });
    writeHosts(
      c.stateFolder,
      state.spec,
      c.endpoints.map(({ address }) => address),
    );
    if (hasResolver(c)) writeResolvConf(c.stateFolder, dns, RESOLVER_ADDRESS);
  } catch (error) {
    giveBack(host, c.endpoints, []);
    c.endpoints.length = 0;
    throw error;
  }
}

function publishPorts(c: CreateContext): void {
  const { host, state } = c;
  // docker publishes where the default route leads.
  const target = c.endpoints.find(({ gateway }) => gateway !== null);
  if (!target) return;
  const owner = {
    containerId: state.id,
    address: target.address,
    reclaim: (link: Parameters<typeof reclaimPort>[1]) => reclaimPort(host, link),
  };
  try {
    c.ports = bindPorts(host, state.network.publish, owner);
  } catch (error) {
    const words = "failed to set up container networking: driver failed programming external connectivity on endpoint";
    throw new Error(`${words} ${state.name}: ${(error as Error).message}`, { cause: error });
  }
}
