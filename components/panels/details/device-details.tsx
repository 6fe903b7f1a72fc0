"use client";

import type { NetDevice } from "../../../lib/protocol/kernel-network.ts";
import type { KernelSnapshot } from "../../../lib/protocol/kernel-snapshot.ts";
import { useText } from "../../text/text-context.tsx";
import { formatBytes } from "../../ui/format.ts";
import { GuestText } from "../../ui/guest-text.tsx";
import { Sourced } from "../sourced.tsx";
import { deviceSource } from "../value-sources.ts";
import styles from "./details.module.css";
import { type FactRow, Facts } from "./facts.tsx";
import { Pick } from "./pick.tsx";

export function DeviceDetails({ snapshot, device }: { readonly snapshot: KernelSnapshot; readonly device: NetDevice }) {
  const text = useText();
  const pid = snapshot.tasks.find((task) => task.namespaces.net === device.namespace)?.pid ?? 1;
  const find = (namespace: number, ifindex: number) =>
    snapshot.netDevices.find((other) => other.namespace === namespace && other.ifindex === ifindex);
  const peer = device.peer && find(device.peer.namespace, device.peer.ifindex);
  const master = device.master === null ? null : find(device.namespace, device.master);
  const fact = (label: string, value: string | number | null, field: string): FactRow => [
    label,
    value !== null && value !== "" && (
      <Sourced source={deviceSource(pid, device, label, String(value), field)}>
        <GuestText text={String(value)} max={80} />
      </Sourced>
    ),
  ];
  const link = (label: string, target: NetDevice | null | undefined): FactRow => [
    label,
    target && (
      <Pick selection={{ kind: "device", namespace: target.namespace, ifindex: target.ifindex }}>
        <GuestText text={target.name} max={15} /> net:[{target.namespace}]
      </Pick>
    ),
  ];
  return (
    <>
      <h3 className={styles.title}>
        <GuestText text={device.name} max={15} />
        <small>
          <Pick selection={{ kind: "namespace", type: "net", inode: device.namespace }} tint="net">
            net:[{device.namespace}]
          </Pick>
        </small>
      </h3>
      <Facts
        rows={[
          fact("kind", device.kind, "rtnl_link_ops->kind"),
          fact("ifindex", device.ifindex, "ifindex"),
          fact("state", device.operstate, "operstate"),
          fact("flags", device.flags.join(","), "flags"),
          fact("mac", device.mac, "dev_addr"),
          fact("mtu", device.mtu, "mtu"),
          fact(
            "inet",
            device.addresses.map(({ address, prefix }) => `${address}/${prefix}`).join(" "),
            "ip_ptr->ifa_list",
          ),
          link("peer", peer),
          link("master", master),
          fact(
            "vxlan",
            device.vxlan && `id ${device.vxlan.id}${device.vxlan.remote ? ` → ${device.vxlan.remote}` : ""}`,
            "vxlan_dev",
          ),
          fact("RX", text.details.counter(formatBytes(device.rxBytes), device.rxPackets), "rtnl_link_stats64.rx_bytes"),
          fact("TX", text.details.counter(formatBytes(device.txBytes), device.txPackets), "rtnl_link_stats64.tx_bytes"),
          fact(
            "dropped",
            device.rxDropped + device.txDropped > 0 ? `${device.rxDropped} / ${device.txDropped}` : null,
            "rx_dropped, tx_dropped",
          ),
        ]}
      />
    </>
  );
}
