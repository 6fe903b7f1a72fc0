/**
 * A device's counters as ip -s link prints them (dev_get_stats in net/core/dev.c): each driver keeps its own, so its operations
 * say where they are. On one CPU a per-CPU pointer is a plain one.
 */
import type { NetDevice } from "../protocol/kernel-network.ts";
import type { KernelLayout } from "../protocol/layout.ts";
import { fieldsOf, symbolOf } from "./fields.ts";
import type { GuestMemory } from "./guest-memory.ts";

export type NetFigures = Pick<
  NetDevice,
  "rxBytes" | "rxPackets" | "rxErrors" | "rxDropped" | "txBytes" | "txPackets" | "txErrors" | "txDropped"
>;

export class NetFiguresReader {
  private readonly fields;
  private readonly readers: ReadonlyMap<number, (memory: GuestMemory, device: number) => NetFigures>;

  constructor(layout: KernelLayout, memory: GuestMemory) {
    this.fields = fieldsOf(layout, {
      ops: "net_device.netdev_ops",
      priv: "netdev_priv",
      stats: "net_device.stats",
      core: "net_device.core_stats",
      percpu: "net_device.lstats",
      rxPackets: "net_device_stats.rx_packets",
      txPackets: "net_device_stats.tx_packets",
      rxBytes: "net_device_stats.rx_bytes",
      txBytes: "net_device_stats.tx_bytes",
      rxErrors: "net_device_stats.rx_errors",
      txErrors: "net_device_stats.tx_errors",
      rxDropped: "net_device_stats.rx_dropped",
      txDropped: "net_device_stats.tx_dropped",
      coreRxDropped: "net_device_core_stats.rx_dropped",
      coreTxDropped: "net_device_core_stats.tx_dropped",
      swRxPackets: "pcpu_sw_netstats.rx_packets",
      swRxBytes: "pcpu_sw_netstats.rx_bytes",
      swTxPackets: "pcpu_sw_netstats.tx_packets",
      swTxBytes: "pcpu_sw_netstats.tx_bytes",
      lPackets: "pcpu_lstats.packets",
      lBytes: "pcpu_lstats.bytes",
      peer: "veth_priv.peer",
      dropped: "veth_priv.dropped",
      vethRq: "veth_priv.rq",
      vethDrops: "veth_rq.stats.vs.rx_drops",
      vethPackets: "veth_rq.stats.vs.xdp_packets",
      vethBytes: "veth_rq.stats.vs.xdp_bytes",
      vethTxErr: "veth_rq.stats.vs.xdp_tx_err",
      vethXmitErr: "veth_rq.stats.vs.peer_tq_xdp_xmit_err",
      sq: "virtnet_info.sq",
      rq: "virtnet_info.rq",
      sqPackets: "send_queue.stats.packets",
      sqBytes: "send_queue.stats.bytes",
      sqTimeouts: "send_queue.stats.tx_timeouts",
      rqPackets: "receive_queue.stats.packets",
      rqBytes: "receive_queue.stats.bytes",
      rqDrops: "receive_queue.stats.drops",
    });
    const at = (symbol: string): number => memory.offsetOf(symbolOf(layout, symbol));
    this.readers = new Map([
      [at("veth_netdev_ops"), (memory, device) => this.veth(memory, device)],
      [at("loopback_ops"), (memory, device) => this.loopback(memory, device)],
      [at("dummy_netdev_ops"), (memory, device) => this.dummy(memory, device)],
      [at("virtnet_netdev"), (memory, device) => this.virtio(memory, device)],
    ]);
  }

  read(memory: GuestMemory, device: number): NetFigures {
    const { fields } = this;
    const own = this.readers.get(memory.pointer(device + fields.ops));
    const figures = own ? own(memory, device) : this.software(memory, device);
    const core = memory.pointer(device + fields.core);
    if (core === 0) return figures;
    return {
      ...figures,
      rxDropped: figures.rxDropped + memory.u32(core + fields.coreRxDropped),
      txDropped: figures.txDropped + memory.u32(core + fields.coreTxDropped),
    };
  }

  /** bridge, vxlan and others: net_device.stats plus the per-CPU sums (dev_get_tstats64). */
  private software(memory: GuestMemory, device: number): NetFigures {
    const { fields } = this;
    const of = (field: number): number => memory.u32(device + fields.stats + field);
    const sums = this.perCpu(memory, device);
    return {
      rxBytes: of(fields.rxBytes) + sums.rxBytes,
      rxPackets: of(fields.rxPackets) + sums.rxPackets,
      rxErrors: of(fields.rxErrors),
      rxDropped: of(fields.rxDropped),
      txBytes: of(fields.txBytes) + sums.txBytes,
      txPackets: of(fields.txPackets) + sums.txPackets,
      txErrors: of(fields.txErrors),
      txDropped: of(fields.txDropped),
    };
  }

  private perCpu(memory: GuestMemory, device: number) {
    const { fields } = this;
    const at = memory.pointer(device + fields.percpu);
    const of = (field: number): number => (at === 0 ? 0 : memory.u64(at + field));
    return {
      rxBytes: of(fields.swRxBytes),
      rxPackets: of(fields.swRxPackets),
      txBytes: of(fields.swTxBytes),
      txPackets: of(fields.swTxPackets),
    };
  }

  /** veth_get_stats64: what one end sends is what the other receives. */
  private veth(memory: GuestMemory, device: number): NetFigures {
    const own = this.vethEnd(memory, device);
    const peer = this.vethEnd(memory, memory.pointer(device + this.fields.priv + this.fields.peer));
    return {
      rxBytes: own.bytes + peer.sent.txBytes + own.sent.rxBytes,
      rxPackets: own.packets + peer.sent.txPackets + own.sent.rxPackets,
      rxErrors: 0,
      rxDropped: own.drops + own.xmitErr + peer.txErr,
      txBytes: own.sent.txBytes + peer.bytes,
      txPackets: own.sent.txPackets + peer.packets,
      txErrors: 0,
      txDropped: own.dropped + own.txErr + peer.xmitErr,
    };
  }

  private vethEnd(memory: GuestMemory, device: number) {
    const { fields } = this;
    const rq = device === 0 ? 0 : memory.pointer(device + fields.priv + fields.vethRq);
    const of = (field: number): number => (rq === 0 ? 0 : memory.u64(rq + field));
    return {
      sent: device === 0 ? NOTHING : this.perCpu(memory, device),
      dropped: device === 0 ? 0 : memory.u64(device + fields.priv + fields.dropped),
      packets: of(fields.vethPackets),
      bytes: of(fields.vethBytes),
      drops: of(fields.vethDrops),
      txErr: of(fields.vethTxErr),
      xmitErr: of(fields.vethXmitErr),
    };
  }

  /** Whatever goes out comes in (loopback_get_stats64). */
  private loopback(memory: GuestMemory, device: number): NetFigures {
    const { lBytes, lPackets } = this.light(memory, device);
    return { ...NO_FIGURES, rxBytes: lBytes, rxPackets: lPackets, txBytes: lBytes, txPackets: lPackets };
  }

  private dummy(memory: GuestMemory, device: number): NetFigures {
    const { lBytes, lPackets } = this.light(memory, device);
    return { ...NO_FIGURES, txBytes: lBytes, txPackets: lPackets };
  }

  private light(memory: GuestMemory, device: number): { lBytes: number; lPackets: number } {
    const at = memory.pointer(device + this.fields.percpu);
    if (at === 0) return { lBytes: 0, lPackets: 0 };
    return { lBytes: memory.u64(at + this.fields.lBytes), lPackets: memory.u64(at + this.fields.lPackets) };
  }

  /** virtnet_stats, for the one queue pair that a machine with one CPU has. */
  private virtio(memory: GuestMemory, device: number): NetFigures {
    const { fields } = this;
    const sq = memory.pointer(device + fields.priv + fields.sq);
    const rq = memory.pointer(device + fields.priv + fields.rq);
    const sent = (field: number): number => (sq === 0 ? 0 : memory.u64(sq + field));
    const received = (field: number): number => (rq === 0 ? 0 : memory.u64(rq + field));
    return {
      rxBytes: received(fields.rqBytes),
      rxPackets: received(fields.rqPackets),
      rxErrors: 0,
      rxDropped: received(fields.rqDrops),
      txBytes: sent(fields.sqBytes),
      txPackets: sent(fields.sqPackets),
      txErrors: sent(fields.sqTimeouts),
      txDropped: memory.u32(device + fields.stats + fields.txDropped),
    };
  }
}

const NOTHING = { rxBytes: 0, rxPackets: 0, txBytes: 0, txPackets: 0 };
const NO_FIGURES: NetFigures = { ...NOTHING, rxErrors: 0, rxDropped: 0, txErrors: 0, txDropped: 0 };
