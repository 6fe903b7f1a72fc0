/**
 * The devices of each network namespace (net.dev_base_head, include/linux/netdevice.h), as ip -d address shows them: flags and
 * state as dev_get_flags computes them, IPv4 addresses, the veth peer, the bridge that one is a port of.
 *
 * Order: after all network namespaces have been registered.
 */
import type { NetAddress, NetDevice } from "../protocol/kernel-network.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf, symbolOf } from "./fields.ts";
import { type GuestMemory, NO_WORDS, type Words, walkList } from "./guest-memory.ts";
import { dotted, portOf } from "./ipv4.ts";
import { NetFiguresReader } from "./net-figures.ts";
import { sameJson, sameList } from "./same.ts";
import type { WatchedWords } from "./watched-words.ts";

const MAX_DEVICES = 4_096;
const MAX_ADDRESSES = 64;
const MAX_UPPERS = 64;
const KIND_BYTES = 32;
const ETHERNET_BYTES = 6;

/** IFF_*, in the order in which ip(8) prints them. */
const FLAGS: readonly (readonly [flag: number, name: string])[] = [
  [0x8, "LOOPBACK"],
  [0x2, "BROADCAST"],
  [0x10, "POINTOPOINT"],
  [0x1000, "MULTICAST"],
  [0x80, "NOARP"],
  [0x200, "ALLMULTI"],
  [0x100, "PROMISC"],
  [0x400, "MASTER"],
  [0x800, "SLAVE"],
  [0x4, "DEBUG"],
  [0x8000, "DYNAMIC"],
  [0x4000, "AUTOMEDIA"],
  [0x2000, "PORTSEL"],
  [0x20, "NOTRAILERS"],
  [0x1, "UP"],
  [0x10000, "LOWER_UP"],
  [0x20000, "DORMANT"],
];
const IFF_UP = 0x1;
const IFF_LOWER_UP = 0x10000;
const IFF_DORMANT = 0x20000;
const IFF_RUNNING = 0x40;
const IFF_PROMISC = 0x100;
const IFF_ALLMULTI = 0x200;
const COMPUTED_FLAGS = IFF_RUNNING | IFF_LOWER_UP | IFF_DORMANT | IFF_PROMISC | IFF_ALLMULTI;
/** RFC 2863, by IF_OPER_*. */
const OPERSTATES = ["UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP"] as const;

export interface NetNamespacePlace {
  readonly at: number;
  readonly inode: number;
}

/** A device, the words that it was read from, and those among them that the probe watches. */
interface Known {
  readonly device: NetDevice;
  readonly words: Words;
  readonly watched: Int32Array;
}

export class NetDeviceReader {
  dropped = 0;
  private readonly fields;
  private readonly figures: NetFiguresReader;
  private readonly vethOps: number;
  private readonly words: WatchedWords;
  private former: ReadonlyMap<number, Known> = new Map();
  private devices: readonly NetDevice[] = [];

  constructor(layout: KernelLayout, memory: GuestMemory, words: WatchedWords) {
    this.words = words;
    this.figures = new NetFiguresReader(layout, memory);
    this.vethOps = memory.offsetOf(symbolOf(layout, "veth_netdev_ops"));
    this.fields = fieldsOf(layout, {
      devices: "net.dev_base_head",
      baseSeq: "net.dev_base_seq",
      inum: "net.ns.inum",
      node: "net_device.dev_list",
      name: "net_device.name",
      nameBytes: "IFNAMSIZ",
      net: "net_device.nd_net",
      ifindex: "net_device.ifindex",
      flags: "net_device.flags",
      gflags: "net_device.gflags",
      state: "net_device.state",
      operstate: "net_device.operstate",
      mtu: "net_device.mtu",
      type: "net_device.type",
      addrLen: "net_device.addr_len",
      addr: "net_device.dev_addr",
      linkOps: "net_device.rtnl_link_ops",
      ops: "net_device.netdev_ops",
      ip: "net_device.ip_ptr",
      upper: "net_device.adj_list.upper",
      priv: "netdev_priv",
      adjacentNode: "netdev_adjacent.list",
      adjacentDev: "netdev_adjacent.dev",
      adjacentMaster: "netdev_adjacent.master",
      kind: "rtnl_link_ops.kind",
      ifaList: "in_device.ifa_list",
      ifaNext: "in_ifaddr.ifa_next",
      ifaLocal: "in_ifaddr.ifa_local",
      ifaBroadcast: "in_ifaddr.ifa_broadcast",
      ifaPrefix: "in_ifaddr.ifa_prefixlen",
      ifaLabel: "in_ifaddr.ifa_label",
      peer: "veth_priv.peer",
      vni: "vxlan_dev.default_dst.remote_vni",
      remote: "vxlan_dev.default_dst.remote_ip",
      vxlanPort: "vxlan_dev.cfg.dst_port",
      sinAddr: "sockaddr_in.sin_addr",
      sinFamily: "sockaddr_in.sin_family",
      inet: "AF_INET",
      loopback: "ARPHRD_LOOPBACK",
      start: "__LINK_STATE_START",
      noCarrier: "__LINK_STATE_NOCARRIER",
      dormant: "__LINK_STATE_DORMANT",
    });
  }

  read(memory: GuestMemory, namespaces: readonly NetNamespacePlace[]): readonly NetDevice[] {
    this.dropped = 0;
    const found = new Map<number, Known>();
    for (const namespace of namespaces) {
      this.words.add(memory, namespace.at + this.fields.baseSeq);
      const whole = walkList(memory, namespace.at + this.fields.devices, MAX_DEVICES, (node) => {
        const at = node - this.fields.node;
        if (found.size >= MAX_DEVICES || found.has(at)) return false;
        const known = this.knownAt(memory, at, namespace.inode);
        if (known) found.set(at, known);
        else this.dropped++;
        return true;
      });
      if (!whole) this.dropped++;
    }
    this.former = found;
    this.devices = sameList(
      this.devices,
      [...found.values()].map(({ device }) => device),
    );
    return this.devices;
  }

  private knownAt(memory: GuestMemory, at: number, namespace: number): Known | null {
    const former = this.former.get(at);
    if (former?.device.namespace === namespace && memory.holds(former.words)) {
      this.words.addAll(memory, former.watched);
      return former;
    }
    const mark = this.words.mark();
    memory.record();
    const read = this.readAt(memory, at, namespace);
    const words = memory.recorded(former?.words ?? NO_WORDS);
    if (!read) return null;
    const device = former && sameJson(former.device, read) ? former.device : read;
    return { device, words, watched: this.words.since(mark) };
  }

  private readAt(memory: GuestMemory, at: number, namespace: number): NetDevice | null {
    const { fields } = this;
    const name = memory.text(at + fields.name, fields.nameBytes);
    const ifindex = memory.i32(at + fields.ifindex);
    if (name === "" || ifindex <= 0) return null;
    for (const field of [fields.flags, fields.state, fields.operstate & ~3, fields.mtu])
      this.words.add(memory, at + field);
    const kind = this.kindOf(memory, at);
    return {
      namespace,
      ifindex,
      name,
      kind,
      ...this.stateOf(memory, at),
      mac: this.macOf(memory, at),
      mtu: memory.u32(at + fields.mtu),
      addresses: this.addressesOf(memory, at),
      peer: memory.pointer(at + fields.ops) === this.vethOps ? this.peerOf(memory, at) : null,
      master: this.masterOf(memory, at),
      vxlan: kind === "vxlan" ? this.vxlanOf(memory, at) : null,
      ...this.figures.read(memory, at),
    };
  }

  private kindOf(memory: GuestMemory, at: number): string {
    const linkOps = memory.pointer(at + this.fields.linkOps);
    const kind = linkOps === 0 ? 0 : memory.bytePointer(linkOps + this.fields.kind);
    if (kind !== 0) return memory.text(kind, KIND_BYTES);
    return memory.u16(at + this.fields.type) === this.fields.loopback ? "loopback" : "device";
  }

  /** dev_get_flags; operstate as IFLA_OPERSTATE has it: down while the device is. */
  private stateOf(memory: GuestMemory, at: number): Pick<NetDevice, "flags" | "operstate"> {
    const { fields } = this;
    const state = memory.u32(at + fields.state);
    const has = (bit: number): boolean => (state & (1 << bit)) !== 0;
    const operstate = memory.u8(at + fields.operstate);
    // Promiscuous and allmulti are shown where a person asked for them, not where a bridge needs them.
    const asked = memory.u16(at + fields.gflags) & (IFF_PROMISC | IFF_ALLMULTI);
    const own = (memory.u32(at + fields.flags) & ~COMPUTED_FLAGS) | asked;
    const running = has(fields.start);
    let flags = own;
    if (running && !has(fields.noCarrier)) flags |= IFF_LOWER_UP;
    if (running && has(fields.dormant)) flags |= IFF_DORMANT;
    const names = FLAGS.filter(([flag]) => flags & flag).map(([, name]) => name);
    // ip(8) says so of a device that is up without carrier.
    if (own & IFF_UP && has(fields.noCarrier)) names.unshift("NO-CARRIER");
    return { flags: names, operstate: (running ? OPERSTATES[operstate] : "DOWN") ?? "UNKNOWN" };
  }

  private macOf(memory: GuestMemory, at: number): string | null {
    const { fields } = this;
    const address = memory.bytePointer(at + fields.addr);
    if (address === 0 || memory.u8(at + fields.addrLen) !== ETHERNET_BYTES) return null;
    const bytes = Array.from({ length: ETHERNET_BYTES }, (_, index) => memory.u8(address + index));
    return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":");
  }

  private addressesOf(memory: GuestMemory, at: number): NetAddress[] {
    const { fields } = this;
    const addresses: NetAddress[] = [];
    const inDevice = memory.pointer(at + fields.ip);
    if (inDevice !== 0) this.words.add(memory, inDevice + fields.ifaList);
    let ifa = inDevice === 0 ? 0 : memory.pointer(inDevice + fields.ifaList);
    for (; ifa !== 0 && addresses.length < MAX_ADDRESSES; ifa = memory.pointer(ifa + fields.ifaNext)) {
      const broadcast = memory.u32(ifa + fields.ifaBroadcast);
      addresses.push({
        address: dotted(memory.u32(ifa + fields.ifaLocal)),
        prefix: memory.u8(ifa + fields.ifaPrefix),
        broadcast: broadcast === 0 ? null : dotted(broadcast),
        label: memory.text(ifa + fields.ifaLabel, fields.nameBytes),
      });
    }
    return addresses;
  }

  private peerOf(memory: GuestMemory, at: number): NetDevice["peer"] {
    const { fields } = this;
    const peer = memory.pointer(at + fields.priv + fields.peer);
    const net = peer === 0 ? 0 : memory.pointer(peer + fields.net);
    if (net === 0) return null;
    return { ifindex: memory.i32(peer + fields.ifindex), namespace: memory.u32(net + fields.inum) };
  }

  private masterOf(memory: GuestMemory, at: number): number | null {
    const { fields } = this;
    let master: number | null = null;
    this.words.add(memory, at + fields.upper);
    walkList(memory, at + fields.upper, MAX_UPPERS, (node) => {
      const adjacent = node - fields.adjacentNode;
      const device = memory.pointer(adjacent + fields.adjacentDev);
      if (device !== 0 && memory.u8(adjacent + fields.adjacentMaster) !== 0)
        master = memory.i32(device + fields.ifindex);
      return master === null;
    });
    return master;
  }

  private vxlanOf(memory: GuestMemory, at: number): NetDevice["vxlan"] {
    const { fields } = this;
    const priv = at + fields.priv;
    const vni = memory.u32(priv + fields.vni);
    const inet = memory.u16(priv + fields.remote + fields.sinFamily) === fields.inet;
    const remote = inet ? memory.u32(priv + fields.remote + fields.sinAddr) : 0;
    return {
      // In network order.
      id: ((vni & 0xff) << 24) | ((vni & 0xff00) << 8) | ((vni >>> 8) & 0xff00) | (vni >>> 24),
      remote: remote === 0 ? null : dotted(remote),
      port: portOf(memory.u16(priv + fields.vxlanPort)),
    };
  }
}
