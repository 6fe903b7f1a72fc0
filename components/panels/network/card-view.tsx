"use client";

import { type CSSProperties, memo } from "react";
import { deviceKey, type Related } from "../../../lib/model/related.ts";
import type { NetDevice } from "../../../lib/protocol/kernel-network.ts";
import { toggleSelection } from "../../../lib/stores/selection-store.ts";
import { useText } from "../../text/text-context.tsx";
import { formatBytes } from "../../ui/format.ts";
import { GuestText } from "../../ui/guest-text.tsx";
import { useSelection, useSession } from "../../workbench/session-context.tsx";
import { Pick } from "../details/pick.tsx";
import styles from "./network.module.css";
import type { MapCard } from "./network-map.ts";
import type { DeviceRate } from "./use-device-rates.ts";

interface CardProps {
  readonly card: MapCard;
  readonly rates: ReadonlyMap<string, DeviceRate>;
  readonly lit: Related;
}

/** One network namespace: its devices, and what listens in it. */
export function CardView({ card, rates, lit }: CardProps) {
  const text = useText();
  const { world, inode, side, y, height } = card;
  return (
    <section
      className={styles.card}
      data-side={side}
      data-lit={lit.namespaces.has(inode) || undefined}
      style={{ "--y": `${y}px`, height } as CSSProperties}
      aria-label={world.kind === "host" ? text.glass.hostWorld : world.name}
    >
      <h3>
        {world.kind === "host" ? text.glass.hostWorld : <GuestText text={world.name} max={28} />}
        {world.kind === "kept" && <small>{text.network.kept}</small>}
        <Pick selection={{ kind: "namespace", type: "net", inode }} tint="net">
          net:[{inode}]
        </Pick>
      </h3>
      <ul>
        {card.rows.map(({ device, port }) => (
          <DeviceRow
            key={device.ifindex}
            device={device}
            port={port}
            rate={rates.get(deviceKey(device))}
            lit={lit.devices.has(deviceKey(device))}
          />
        ))}
      </ul>
      {card.sockets.length > 0 && (
        <p className={styles.sockets}>
          {text.network.listens}{" "}
          {card.sockets.slice(0, 5).map(({ inode: socket, protocol, address, port }) => (
            <code key={socket}>
              {protocol} {address}:{port}
            </code>
          ))}
        </p>
      )}
    </section>
  );
}

interface RowProps {
  readonly device: NetDevice;
  readonly port: boolean;
  readonly rate: DeviceRate | undefined;
  readonly lit: boolean;
}

const DeviceRow = memo(function DeviceRow({ device, port, rate, lit }: RowProps) {
  const text = useText();
  const { selection } = useSession();
  const { namespace, ifindex } = device;
  const selected = useSelection(
    ({ selected: current }) =>
      current?.kind === "device" && current.namespace === namespace && current.ifindex === ifindex,
  );
  const up = device.flags.includes("UP");
  return (
    <li>
      <button
        type="button"
        data-port={port || undefined}
        data-kind={device.kind}
        data-up={up || undefined}
        data-lit={lit || undefined}
        aria-pressed={selected}
        onClick={() => toggleSelection(selection, { kind: "device", namespace, ifindex })}
      >
        <b>
          <GuestText text={device.name} max={15} />
        </b>
        <span className={styles.address}>
          {device.addresses.map(({ address, prefix }) => `${address}/${prefix}`).join(" ") ||
            (up ? device.kind : text.network.down)}
        </span>
        <span className={styles.counters}>
          <span data-moving={(rate?.rxPerSec ?? 0) > 0 || undefined}>
            <span className="visually-hidden">RX </span>
            <i aria-hidden="true">↓</i> {formatBytes(device.rxBytes)}
          </span>
          <span data-moving={(rate?.txPerSec ?? 0) > 0 || undefined}>
            <span className="visually-hidden">TX </span>
            <i aria-hidden="true">↑</i> {formatBytes(device.txBytes)}
          </span>
        </span>
      </button>
    </li>
  );
});
