/**
 * The nftables table of `box`. Its chains and rules are the same whatever runs; networks are elements of its sets, and the
 * chain `ports` has a rule for each published port, found again by its comment.
 *
 *   bridges   names of the bridges            same   each bridge paired with itself
 *   internal  bridges of --internal networks
 *
 * raw (prerouting)    from a bridge to 127.0.0.0/8: drop; route_localnet opens that door for our own processes only
 * prerouting, output  to an address of this machine: jump ports
 * ports               dnat to a container; rules for one address stand before those for any
 * forward     within a bridge, and what was dnat'ed: accept; from or to an internal one: drop; to a bridge: only answers
 * postrouting what comes back to its own bridge by dnat, and our own processes' connections to published ports:
 *             masquerade, or the answer would take a short cut; from a bridge to elsewhere: masquerade
 */
import type { LinuxCalls } from "../linux/syscalls.ts";
import { addressBytes, formatAddress } from "./ipv4.ts";
import { joinBytes, NetlinkError, type NetlinkSocket, openNetfilterSocket } from "./netlink.ts";
import * as nft from "./nft-encode.ts";

export const TABLE = "box";

const [PRE_ROUTING, FORWARD, LOCAL_OUT, POST_ROUTING] = [0, 2, 3, 4];
const [PRIORITY_RAW, PRIORITY_DSTNAT, PRIORITY_FILTER, PRIORITY_SRCNAT] = [-300, -100, 0, 100];

/** Type numbers as nft(8) has them, so that it prints our sets readably: a concatenation is six bits each. */
const IFNAME_TYPE = 41;
const IFNAME_BYTES = 16;
const IFNAME_REGISTERS = 4;
const NAME_KEY = { table: TABLE, keyType: IFNAME_TYPE, keyBytes: IFNAME_BYTES } as const;

const SETS = {
  bridges: { ...NAME_KEY, name: "bridges", id: 1 },
  internal: { ...NAME_KEY, name: "internal", id: 2 },
  same: {
    table: TABLE,
    name: "same",
    id: 3,
    keyType: (IFNAME_TYPE << 6) | IFNAME_TYPE,
    keyBytes: 2 * IFNAME_BYTES,
  },
} as const satisfies Readonly<Record<string, nft.SetShape>>;

const PORTS = "ports";

const chain = (name: string, base: nft.Chain["base"]): nft.Chain => ({ table: TABLE, name, base });

const CHAINS: readonly nft.Chain[] = [
  chain(PORTS, null),
  chain("raw", { type: "filter", hook: PRE_ROUTING, priority: PRIORITY_RAW }),
  chain("prerouting", { type: "nat", hook: PRE_ROUTING, priority: PRIORITY_DSTNAT }),
  chain("output", { type: "nat", hook: LOCAL_OUT, priority: PRIORITY_DSTNAT }),
  chain("forward", { type: "filter", hook: FORWARD, priority: PRIORITY_FILTER }),
  chain("postrouting", { type: "nat", hook: POST_ROUTING, priority: PRIORITY_SRCNAT }),
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

const toPorts = [...isLocal(nft.FIB_DADDR), nft.jump(PORTS)];

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
  ["prerouting", toPorts],
  ["output", toPorts],
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
  ...RULES.map(([name, expressions]) => nft.newRule({ table: TABLE, chain: name, expressions })),
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

function bridgeKeys(bridge: string, internal: boolean): [set: string, key: Uint8Array][] {
  const key = nameKey(bridge);
  return [
    ["bridges", key],
    ["same", joinBytes([key, key])],
    ...(internal ? [["internal", key] as [string, Uint8Array]] : []),
  ];
}

/** Adding twice is adding once. */
export function addBridgeRules(linux: LinuxCalls, bridge: string, internal: boolean): void {
  const messages = bridgeKeys(bridge, internal).map(([set, key]) => nft.addElements(TABLE, set, [key]));
  withSocket(linux, (socket) => commit(socket, `NFT_MSG_NEWSETELEM ${bridge}`, messages));
}

export function removeBridgeRules(linux: LinuxCalls, bridge: string, internal: boolean): void {
  withSocket(linux, (socket) => {
    for (const [set, key] of bridgeKeys(bridge, internal)) {
      try {
        commit(socket, `NFT_MSG_DELSETELEM ${bridge}`, [nft.deleteElements(TABLE, set, [key])]);
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

type PortKey = Pick<PortRule, "protocol" | "hostAddress" | "hostPort">;

const commentOf = ({ protocol, hostAddress, hostPort }: PortKey): string =>
  `${protocol}-${formatAddress(hostAddress)}-${hostPort}`;

const portBytes = (port: number): Uint8Array => new Uint8Array([port >> 8, port & 255]);

function portRule(rule: PortRule): Uint8Array {
  const { protocol, hostAddress, hostPort, address, port } = rule;
  const ofAddress = [nft.destinationAddress(0), nft.compare(0, nft.CMP_EQUAL, addressBytes(hostAddress))];
  return nft.newRule({
    table: TABLE,
    chain: PORTS,
    first: hostAddress !== 0,
    comment: commentOf(rule),
    expressions: [
      nft.meta(nft.META_L4PROTO, 0),
      nft.compare(0, nft.CMP_EQUAL, new Uint8Array([PROTOCOLS[protocol]])),
      ...(hostAddress === 0 ? [] : ofAddress),
      nft.destinationPort(0),
      nft.compare(0, nft.CMP_EQUAL, portBytes(hostPort)),
      nft.load(4, addressBytes(address)),
      nft.load(5, portBytes(port)),
      nft.dnat(4, 5),
    ],
  });
}

export function addPortRules(linux: LinuxCalls, rules: readonly PortRule[]): void {
  withSocket(linux, (socket) => commit(socket, "NFT_MSG_NEWRULE ports", rules.map(portRule)));
}

/** What is not there any more is not missed. */
export function removePortRules(linux: LinuxCalls, keys: readonly PortKey[]): void {
  const wanted = new Set(keys.map(commentOf));
  withSocket(linux, (socket) => {
    const rules = nft.parseRules(socket.dump("NFT_MSG_GETRULE ports", nft.getRules(TABLE, PORTS)));
    for (const { handle, comment } of rules) {
      if (!wanted.has(comment)) continue;
      try {
        commit(socket, "NFT_MSG_DELRULE ports", [nft.deleteRule(TABLE, PORTS, handle)]);
      } catch (error) {
        if (!isCode(error, "ENOENT")) throw error;
      }
    }
  });
}
