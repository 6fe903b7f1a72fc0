/**
 * What introspection reads of the network: devices, addresses, routes, listening sockets, nftables chains, each with the
 * inode of its network namespace. Names are those of ip(8), ss(8) and nft(8). IPv4 only: the guest's kernel has no IPv6.
 */

export interface NetAddress {
  readonly address: string;
  readonly prefix: number;
  readonly broadcast: string | null;
  readonly label: string;
}

/** A network device, as `ip -d -s address` shows it. */
export interface NetDevice {
  /** Inode of the network namespace that it is in now. */
  readonly namespace: number;
  readonly ifindex: number;
  readonly name: string;
  /** rtnl_link_ops.kind ("veth", "bridge", "dummy", "vxlan"); "loopback" and, for hardware, "device" where there is none. */
  readonly kind: string;
  /** IFF_UP and friends as ip(8) prints them: "UP", "BROADCAST", "LOWER_UP". */
  readonly flags: readonly string[];
  /** RFC 2863: "UP", "DOWN", "UNKNOWN", "LOWERLAYERDOWN" ... */
  readonly operstate: string;
  /** Null where the device has no hardware address. */
  readonly mac: string | null;
  readonly mtu: number;
  readonly addresses: readonly NetAddress[];
  /** veth: the other end. */
  readonly peer: { readonly ifindex: number; readonly namespace: number } | null;
  /** ifindex of the bridge that it is a port of. */
  readonly master: number | null;
  /** vxlan: the network id and the remote, if fixed. */
  readonly vxlan: { readonly id: number; readonly remote: string | null; readonly port: number } | null;
  readonly rxBytes: number;
  readonly rxPackets: number;
  readonly rxErrors: number;
  readonly rxDropped: number;
  readonly txBytes: number;
  readonly txPackets: number;
  readonly txErrors: number;
  readonly txDropped: number;
}

/** A socket that waits for others, as `ss -lntux`: TCP listeners, bound UDP sockets, unix listeners. */
export interface ListeningSocket {
  readonly namespace: number;
  readonly protocol: "tcp" | "udp" | "unix";
  /** "0.0.0.0" for any; null for unix. */
  readonly address: string | null;
  readonly port: number | null;
  /** unix: the path, or "@name" for an abstract one. */
  readonly path: string | null;
  /** Inode in sockfs, as in /proc/net/tcp and in /proc/PID/fd. */
  readonly inode: number;
  readonly uid: number;
  /** Processes that have it open. */
  readonly pids: readonly number[];
}

/** An IPv4 route of the main table, as `ip route`. */
export interface Route {
  readonly namespace: number;
  /** "default" or address/prefix. */
  readonly destination: string;
  readonly gateway: string | null;
  /** ifindex */
  readonly device: number | null;
  readonly source: string | null;
}

/** An nftables chain, as `nft list ruleset` begins it. */
export interface NftChain {
  readonly namespace: number;
  /** "ip", "inet", "bridge", "arp", "netdev". */
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** Base chains only: "nat", "filter", "route"; "prerouting" ...; priority. */
  readonly type: string | null;
  readonly hook: string | null;
  readonly priority: number | null;
  readonly policy: "accept" | "drop" | null;
  readonly rules: readonly NftRule[];
}

/** Ports `port` to `lastPort` go to `toAddress`, its ports `toPort` to `toLastPort`: often one each. */
export interface NftDnat {
  readonly port: number;
  readonly lastPort: number;
  readonly toAddress: string;
  readonly toPort: number;
  readonly toLastPort: number;
}

/** What a rule does, as far as it is network address translation; other rules have only their handle. */
export interface NftRule {
  readonly handle: number;
  /** Names of its expressions in order: "meta", "cmp", "immediate", "nat", "masq", "counter". */
  readonly expressions: readonly string[];
  /** Destination NAT, by port: of ports that the rule compares or looks up in a set, or that are keys of a map. */
  readonly dnat: readonly NftDnat[];
  readonly masquerade: boolean;
}
