/**
 * Network devices over rtnetlink(7): loopback up, bridges, veth pairs, addresses, routes. Layouts of linux/if_link.h,
 * linux/if_addr.h, linux/rtnetlink.h. Every function returns one message; several go to the kernel in one write.
 */
import type { LinuxCalls } from "../linux/syscalls.ts";
import { addressBytes, broadcastOf, type Subnet } from "./ipv4.ts";
import {
  type Attribute,
  decodeAttributes,
  encodeAttributes,
  encodeRequest,
  joinBytes,
  type NetlinkSocket,
  NLM_F_CREATE,
  NLM_F_EXCL,
  openRouteSocket,
} from "./netlink.ts";

const RTM_NEWLINK = 16;
const RTM_DELLINK = 17;
const RTM_GETLINK = 18;
const RTM_NEWADDR = 20;
const RTM_NEWROUTE = 24;
const RTM_GETROUTE = 26;
const IFF_UP = 1;
const LOOPBACK_INDEX = 1;
const AF_INET = 2;

const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const IFLA_MASTER = 10;
const IFLA_LINKINFO = 18;
const IFLA_NET_NS_PID = 19;
const IFLA_INFO_KIND = 1;
const IFLA_INFO_DATA = 2;
const IFLA_INFO_SLAVE_KIND = 4;
const IFLA_INFO_SLAVE_DATA = 5;
const VETH_INFO_PEER = 1;
const IFLA_BRPORT_ISOLATED = 33;

const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_BROADCAST = 4;

const RTA_DST = 1;
const RTA_OIF = 4;
const RTA_GATEWAY = 5;
const RT_TABLE_MAIN = 254;
const RTPROT_BOOT = 3;
const RTN_UNICAST = 1;

/** struct ifinfomsg */
export function linkHeader(index: number, flags: number, change: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  view.setInt32(4, index, true);
  view.setUint32(8, flags, true);
  view.setUint32(12, change, true);
  return new Uint8Array(view.buffer);
}

export const setUpRequest = (index: number): Uint8Array =>
  encodeRequest(RTM_NEWLINK, 0, linkHeader(index, IFF_UP, IFF_UP));

export const loopbackUp = setUpRequest(LOOPBACK_INDEX);

/** A new network namespace has a loopback device that is down. */
export function raiseLoopback(linux: LinuxCalls): void {
  const socket = openRouteSocket(linux);
  try {
    socket.request("RTM_NEWLINK lo up", loopbackUp);
  } finally {
    socket.close();
  }
}

export interface BridgeDevice {
  readonly name: string;
  readonly mac: Uint8Array;
  readonly mtu: number | null;
}

export const newBridge = ({ name, mac, mtu }: BridgeDevice): Uint8Array =>
  encodeRequest(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, linkHeader(0, IFF_UP, IFF_UP), [
    [IFLA_IFNAME, name],
    [IFLA_ADDRESS, mac],
    ...(mtu === null ? [] : [[IFLA_MTU, mtu] as const]),
    [IFLA_LINKINFO, [[IFLA_INFO_KIND, "bridge"]]],
  ]);

export interface VethPair {
  /** The end that stays: it becomes a port of the bridge with that index. */
  readonly name: string;
  readonly bridgeIndex: number;
  /** The other end is born in the network namespace of that process, with its name and hardware address. */
  readonly pid: number;
  readonly peerName: string;
  readonly peerMac: Uint8Array;
  readonly mtu: number | null;
}

/**
 * One message: the pair is made, the one end enslaved and up, the other born in its namespace. That one must be raised by
 * itself: it is configured before it knows its peer, and veth_open() says ENOTCONN.
 */
export function newVethPair({ name, bridgeIndex, pid, peerName, peerMac, mtu }: VethPair): Uint8Array {
  const size: Attribute[] = mtu === null ? [] : [[IFLA_MTU, mtu]];
  const peer = joinBytes([
    linkHeader(0, 0, 0),
    encodeAttributes([[IFLA_IFNAME, peerName], [IFLA_ADDRESS, peerMac], [IFLA_NET_NS_PID, pid], ...size]),
  ]);
  return encodeRequest(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, linkHeader(0, IFF_UP, IFF_UP), [
    [IFLA_IFNAME, name],
    [IFLA_MASTER, bridgeIndex],
    ...size,
    [
      IFLA_LINKINFO,
      [
        [IFLA_INFO_KIND, "veth"],
        [IFLA_INFO_DATA, [[VETH_INFO_PEER, peer]]],
      ],
    ],
  ]);
}

/** Ports of a bridge that are isolated from each other reach only the bridge itself. */
export const isolatePort = (name: string): Uint8Array =>
  encodeRequest(RTM_NEWLINK, 0, linkHeader(0, 0, 0), [
    [IFLA_IFNAME, name],
    [
      IFLA_LINKINFO,
      [
        [IFLA_INFO_SLAVE_KIND, "bridge"],
        [IFLA_INFO_SLAVE_DATA, [[IFLA_BRPORT_ISOLATED, new Uint8Array([1])]]],
      ],
    ],
  ]);

export const deleteLink = (name: string): Uint8Array =>
  encodeRequest(RTM_DELLINK, 0, linkHeader(0, 0, 0), [[IFLA_IFNAME, name]]);

export function addAddress(index: number, address: number, subnet: Subnet): Uint8Array {
  const header = new DataView(new ArrayBuffer(8));
  header.setUint8(0, AF_INET);
  header.setUint8(1, subnet.prefix);
  header.setUint32(4, index, true);
  const bytes = addressBytes(address);
  return encodeRequest(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, new Uint8Array(header.buffer), [
    [IFA_LOCAL, bytes],
    [IFA_ADDRESS, bytes],
    [IFA_BROADCAST, addressBytes(broadcastOf(subnet))],
  ]);
}

/** struct rtmsg */
function routeHeader(): Uint8Array {
  const bytes = new Uint8Array(12);
  bytes.set([AF_INET, 0, 0, 0, RT_TABLE_MAIN, RTPROT_BOOT, 0, RTN_UNICAST]);
  return bytes;
}

export const addDefaultRoute = (gateway: number): Uint8Array =>
  encodeRequest(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, routeHeader(), [[RTA_GATEWAY, addressBytes(gateway)]]);

export interface Link {
  readonly index: number;
  readonly name: string;
}

const textOf = (bytes: Uint8Array | undefined): string =>
  bytes ? String.fromCharCode(...bytes.subarray(0, bytes.length - 1)) : "";

/** Every device of the socket's namespace. */
export const listLinks = (socket: NetlinkSocket): Link[] =>
  socket.dump("RTM_GETLINK", encodeRequest(RTM_GETLINK, 0, linkHeader(0, 0, 0))).map(({ body }) => ({
    index: new DataView(body.buffer, body.byteOffset).getInt32(4, true),
    name: textOf(decodeAttributes(body.subarray(16)).get(IFLA_IFNAME)),
  }));

/** Destinations of the main table that are not the default: a new network must not take any of them. */
export function listRoutes(socket: NetlinkSocket): Subnet[] {
  const message = encodeRequest(RTM_GETROUTE, 0, new Uint8Array([AF_INET, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
  return socket.dump("RTM_GETROUTE", message).flatMap(({ body }) => {
    const attributes = decodeAttributes(body.subarray(12));
    const to = attributes.get(RTA_DST);
    if (!to || body[4] !== RT_TABLE_MAIN || !attributes.has(RTA_OIF)) return [];
    return [{ base: new DataView(to.buffer, to.byteOffset).getUint32(0, false), prefix: body[1] ?? 32 }];
  });
}
