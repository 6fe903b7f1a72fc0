/**
 * The nftables table of `box`: chains and rules are the same whatever runs; networks and published ports are elements of
 * its sets, so that a container with a port costs one element and nobody ever looks for a rule to delete.
 *
 *   bridges   names of the bridges                      same      each bridge paired with itself
 *   internal  bridges of --internal networks            ports     protocol . address . port -> address . port
 *
 * prerouting  (raw)   from a bridge to 127.0.0.0/8: drop; route_localnet opens that door for our own processes only
 * prerouting, output  to an address of this machine: dnat through `ports`, first by that address, then by 0.0.0.0
 * forward     within a bridge, and what was dnat'ed: accept; from an internal one: drop; to a bridge: only answers
 * postrouting what comes back to its own bridge by dnat, and our own processes' connections to published ports:
 *             masquerade, or the answer would take a short cut; from a bridge to elsewhere: masquerade
 */
import type { LinuxCalls } from "../linux/syscalls.ts";
import { addressBytes } from "./ipv4.ts";
import { decodeAttributes, joinBytes, NetlinkError, type NetlinkSocket, openNetfilterSocket } from "./netlink.ts";
import * as nft from "./nft-encode.ts";

export const TABLE = "box";

const [PRE_ROUTING, FORWARD, LOCAL_OUT, POST_ROUTING] = [0, 2, 3, 4];
const [PRIORITY_RAW, PRIORITY_DSTNAT, PRIORITY_FILTER, PRIORITY_SRCNAT] = [-300, -100, 0, 100];

/** Type numbers as nft(8) has them, so that it prints our sets readably: a concatenation is six bits each. */
const TYPE = { ipv4: 7, protocol: 12, service: 13, ifname: 41 } as const;
const IFNAME_BYTES = 16;
const IFNAME_REGISTERS = 4;

const SETS = {
  bridges: { table: TABLE, name: "bridges", id: 1, keyType: TYPE.ifname, keyBytes: IFNAME_BYTES },
  internal: { table: TABLE, name: "internal", id: 2, keyType: TYPE.ifname, keyBytes: IFNAME_BYTES },
  same: { table: TABLE, name: "same", id: 3, keyType: (TYPE.ifname << 6) | TYPE.ifname, keyBytes: 2 * IFNAME_BYTES },
  ports: {
    table: TABLE,
    name: "ports",
    id: 4,
    keyType: (TYPE.protocol << 12) | (TYPE.ipv4 << 6) | TYPE.service,
    keyBytes: 12,
    data: { type: (TYPE.ipv4 << 6) | TYPE.service, bytes: 8 },
  },
} as const satisfies Readonly<Record<string, nft.SetShape>>;

const CHAINS: readonly nft.BaseChain[] = [
  { table: TABLE, name: "raw", type: "filter", hook: PRE_ROUTING, priority: PRIORITY_RAW },
  { table: TABLE, name: "prerouting", type: "nat", hook: PRE_ROUTING, priority: PRIORITY_DSTNAT },
  { table: TABLE, name: "output", type: "nat", hook: LOCAL_OUT, priority: PRIORITY_DSTNAT },
  { table: TABLE, name: "forward", type: "filter", hook: FORWARD, priority: PRIORITY_FILTER },
  { table: TABLE, name: "postrouting", type: "nat", hook: POST_ROUTING, priority: PRIORITY_SRCNAT },
];

const isIn = ({ name, id }: nft.SetShape, register = 0): nft.Expression => nft.lookup(name, id, register);
const iif = nft.meta(nft.META_IIFNAME, 0);
const oif = nft.meta(nft.META_OIFNAME, 0);
const bothIfs = [iif, nft.meta(nft.META_OIFNAME, IFNAME_REGISTERS)];
const accept = nft.verdict(nft.NF_ACCEPT);
const drop = nft.verdict(nft.NF_DROP);

/** Bits in the CPU's order: `ct` puts words, not network bytes. */
const bits = (value: number): Uint8Array => new Uint8Array([value, 0, 0, 0]);
const CT_ESTABLISHED_RELATED = 2 | 4;
const IPS_DST_NAT = 1 << 5;
const NONE = bits(0);
const isAnswer = [
  nft.ct(nft.CT_STATE, 0),
  nft.mask(0, bits(CT_ESTABLISHED_RELATED)),
  nft.compare(0, nft.CMP_NOT, NONE),
];
const isPublished = [nft.ct(nft.CT_STATUS, 0), nft.mask(0, bits(IPS_DST_NAT)), nft.compare(0, nft.CMP_NOT, NONE)];
const isLocal = (which: number) => [nft.addressType(which, 0), nft.compare(0, nft.CMP_EQUAL, nft.ADDRESS_IS_LOCAL)];

/** protocol . address . port in registers 0 to 2, what the map says in 4 and 5. */
const publish = (address: nft.Expression): nft.Expression[] => [
  ...isLocal(nft.FIB_DADDR),
  nft.meta(nft.META_L4PROTO, 0),
  address,
  nft.destinationPort(2),
  nft.lookup(SETS.ports.name, SETS.ports.id, 0, 4),
  nft.dnat(4, 5),
];
const byAddress = publish(nft.destinationAddress(1));
const byAnyAddress = publish(nft.load(1, addressBytes(0)));

const LOOPBACK = new Uint8Array([127, 0, 0, 0]);
const FIRST_BYTE = new Uint8Array([255, 0, 0, 0]);

const RULES: readonly (readonly [chain: string, expressions: readonly nft.Expression[]])[] = [
  [
    "raw",
    [
      iif,
      isIn(SETS.bridges),
      nft.destinationAddress(0),
      nft.mask(0, FIRST_BYTE),
      nft.compare(0, nft.CMP_EQUAL, LOOPBACK),
      drop,
    ],
  ],
  ["prerouting", byAddress],
  ["prerouting", byAnyAddress],
  ["output", byAddress],
  ["output", byAnyAddress],
  ["forward", [...bothIfs, isIn(SETS.same), accept]],
  ["forward", [iif, isIn(SETS.internal), drop]],
  ["forward", [oif, isIn(SETS.internal), drop]],
  ["forward", [...isPublished, accept]],
  ["forward", [oif, isIn(SETS.bridges), ...isAnswer, accept]],
  ["forward", [oif, isIn(SETS.bridges), drop]],
  ["postrouting", [...isPublished, ...bothIfs, isIn(SETS.same), nft.masquerade]],
  ["postrouting", [...isPublished, ...isLocal(nft.FIB_SADDR), oif, isIn(SETS.bridges), nft.masquerade]],
  ["postrouting", [...bothIfs, isIn(SETS.same), accept]],
  ["postrouting", [iif, isIn(SETS.bridges), nft.masquerade]],
];

export const rulesetMessages = (): Uint8Array[] => [
  nft.newTable(TABLE),
  ...Object.values(SETS).map((shape) => nft.newSet(shape)),
  ...CHAINS.map(nft.newChain),
  ...RULES.map(([chain, expressions]) => nft.newRule(TABLE, chain, expressions)),
];

/** All of the messages or none; the last is acknowledged. */
function commit(socket: NetlinkSocket, what: string, messages: readonly Uint8Array[]): void {
  socket.requestFramed(what, [nft.batchBegin(), ...messages, nft.batchEnd()]);
}

const isCode = (error: unknown, code: string): boolean => error instanceof NetlinkError && error.code === code;

function withSocket<T>(linux: LinuxCalls, act: (socket: NetlinkSocket) => T): T {
  const socket = openNetfilterSocket(linux);
  try {
    return act(socket);
  } finally {
    socket.close();
  }
}

/** Makes the table where it is not there. */
export function ensureRuleset(linux: LinuxCalls): void {
  withSocket(linux, (socket) => {
    try {
      commit(socket, "NFT_MSG_NEWTABLE box", rulesetMessages());
    } catch (error) {
      if (!isCode(error, "EEXIST")) throw error;
    }
  });
}

const nameKey = (name: string): Uint8Array => {
  const key = new Uint8Array(IFNAME_BYTES);
  key.set(Uint8Array.from(name, (c) => c.charCodeAt(0)).subarray(0, IFNAME_BYTES - 1));
  return key;
};

function bridgeElements(bridge: string, internal: boolean): [set: string, element: nft.SetElement][] {
  const key = nameKey(bridge);
  return [
    ["bridges", { key }],
    ["same", { key: joinBytes([key, key]) }],
    ...(internal ? [["internal", { key }] as [string, nft.SetElement]] : []),
  ];
}

/** Adding twice is adding once. */
export function addBridgeRules(linux: LinuxCalls, bridge: string, internal: boolean): void {
  const messages = bridgeElements(bridge, internal).map(([set, element]) => nft.addElements(TABLE, set, [element]));
  withSocket(linux, (socket) => commit(socket, `NFT_MSG_NEWSETELEM ${bridge}`, messages));
}

export function removeBridgeRules(linux: LinuxCalls, bridge: string, internal: boolean): void {
  withSocket(linux, (socket) => {
    for (const [set, element] of bridgeElements(bridge, internal)) {
      try {
        commit(socket, `NFT_MSG_DELSETELEM ${bridge}`, [nft.deleteElements(TABLE, set, [element])]);
      } catch (error) {
        if (!isCode(error, "ENOENT")) throw error;
      }
    }
  });
}

export const PROTOCOLS = { tcp: 6, udp: 17 } as const;
export type Protocol = keyof typeof PROTOCOLS;

export interface PortRule {
  readonly protocol: Protocol;
  /** 0 for every address of this machine. */
  readonly hostAddress: number;
  readonly hostPort: number;
  readonly address: number;
  readonly port: number;
}

const port4 = (port: number): number[] => [port >> 8, port & 255, 0, 0];

const portElement = ({ protocol, hostAddress, hostPort, address, port }: PortRule): nft.SetElement => ({
  key: new Uint8Array([PROTOCOLS[protocol], 0, 0, 0, ...addressBytes(hostAddress), ...port4(hostPort)]),
  data: new Uint8Array([...addressBytes(address), ...port4(port)]),
});

export function addPortRules(linux: LinuxCalls, rules: readonly PortRule[]): void {
  const message = nft.addElements(TABLE, "ports", rules.map(portElement));
  withSocket(linux, (socket) => commit(socket, "NFT_MSG_NEWSETELEM ports", [message]));
}

/** What is not there any more is not missed. */
export function removePortRules(linux: LinuxCalls, rules: readonly Omit<PortRule, "address" | "port">[]): void {
  withSocket(linux, (socket) => {
    for (const rule of rules) {
      const { key } = portElement({ ...rule, address: 0, port: 0 });
      try {
        commit(socket, "NFT_MSG_DELSETELEM ports", [nft.deleteElements(TABLE, "ports", [{ key }])]);
      } catch (error) {
        if (!isCode(error, "ENOENT")) throw error;
      }
    }
  });
}

/** For tests and recovery: how many rules the table has, and how many elements each set. */
export function countRules(linux: LinuxCalls): Record<string, number> {
  return withSocket(linux, (socket) => {
    const counts: Record<string, number> = { rules: socket.dump("NFT_MSG_GETRULE", nft.getRules()).length };
    for (const { name } of Object.values(SETS)) {
      const answers = socket.dump(`NFT_MSG_GETSETELEM ${name}`, nft.getElements(TABLE, name));
      counts[name] = answers.reduce((sum, { body }) => sum + elementsIn(body), 0);
    }
    return counts;
  });
}

function elementsIn(body: Uint8Array): number {
  const list = decodeAttributes(body.subarray(4)).get(3) ?? new Uint8Array();
  const view = new DataView(list.buffer, list.byteOffset, list.length);
  let count = 0;
  for (let at = 0; at + 4 <= list.length; at += (view.getUint16(at, true) + 3) & ~3) count++;
  return count;
}
