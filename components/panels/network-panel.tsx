"use client";

import { type CSSProperties, useDeferredValue, useMemo, useRef, useState } from "react";
import { deviceKey, relatedTo } from "../../lib/model/related.ts";
import type { KernelSnapshot } from "../../lib/protocol/kernel-snapshot.ts";
import type { KernelState } from "../../lib/stores/kernel-store.ts";
import { containerOf } from "../../lib/stores/names-store.ts";
import type { Text } from "../text/ko.ts";
import { useText } from "../text/text-context.tsx";
import { GuestText } from "../ui/guest-text.tsx";
import { useKernel, useNames, useSelection } from "../workbench/session-context.tsx";
import { EmptyNote } from "./empty-note.tsx";
import { CardView } from "./network/card-view.tsx";
import { ConnectForm } from "./network/connect-form.tsx";
import styles from "./network/network.module.css";
import { type MapLink, type NetworkMap, networkMap, translations } from "./network/network-map.ts";
import { type DeviceRate, useDeviceRates } from "./network/use-device-rates.ts";
import { Panel } from "./panel.tsx";
import { Sourced } from "./sourced.tsx";
import { isPlainName, type Trial, TryList } from "./try-list.tsx";
import { useRevealSelected } from "./use-reveal-selected.ts";
import { natSource } from "./value-sources.ts";

const selectSnapshot = (state: KernelState) => state.snapshot;

/** Network namespaces with their devices, and the wires between them. */
export function NetworkPanel() {
  const text = useText();
  const names = useNames();
  const snapshot = useDeferredValue(useKernel(selectSnapshot));
  const map = useMemo(() => (snapshot ? networkMap(snapshot, names) : null), [snapshot, names]);
  const rates = useDeviceRates(snapshot);
  const selected = useSelection((state) => state.selected);
  const lit = relatedTo(snapshot, selected);
  const scroll = useRef<HTMLDivElement>(null);
  useRevealSelected(scroll, '[aria-pressed="true"], section[data-lit]');
  if (!snapshot || !map || snapshot.netDevices.length === 0)
    return (
      <Panel title={text.network.title}>
        <EmptyNote>{text.network.empty}</EmptyNote>
      </Panel>
    );
  return (
    <Panel title={text.network.title} hint={text.network.hint}>
      <div className={styles.scroll} ref={scroll}>
        <div className={styles.head}>
          <Translations snapshot={snapshot} />
          <Connect snapshot={snapshot} />
        </div>
        <div className={styles.map} style={{ height: map.height }}>
          <Wires links={map.links} height={map.height} rates={rates} lit={lit.devices} />
          {map.cards.map((card) => (
            <CardView key={card.inode} card={card} rates={rates} lit={lit} />
          ))}
        </div>
        <TryList trials={trialsOn(snapshot, map, text)} />
      </div>
    </Panel>
  );
}

/** With the first container that has an address. */
function trialsOn(snapshot: KernelSnapshot, { cards }: NetworkMap, { network }: Text): readonly Trial[] {
  const publish = { what: network.trials.publish, command: "docker run -d --name site -p 8080:80 nginx" };
  const free = translations(snapshot).published.length === 0 ? [publish] : [];
  const lan = `lan${snapshot.netDevices.filter(({ kind }) => kind === "bridge").length}`;
  for (const { world, rows } of cards) {
    const [address] = rows.flatMap(({ device }) => (device.kind === "veth" ? device.addresses : []));
    if (world.kind !== "container" || !isPlainName(world.name) || !address) continue;
    return [
      { what: network.trials.ping, command: `ping -c 3 ${address.address}` },
      {
        what: network.trials.connect,
        command: `docker network create ${lan} && docker network connect ${lan} ${world.name}`,
      },
      ...free,
    ];
  }
  return free;
}

/** For the container of the selection: one more network. */
function Connect({ snapshot }: { readonly snapshot: KernelSnapshot }) {
  const text = useText();
  const names = useNames();
  const [open, setOpen] = useState(false);
  const selected = useSelection((state) => state.selected);
  const { tasks, cgroups } = snapshot;
  const inode =
    selected?.kind === "device" ? selected.namespace : selected?.kind === "namespace" ? selected.inode : null;
  const task =
    selected?.kind === "task"
      ? tasks.find(({ pid }) => pid === selected.pid)
      : tasks.find(({ namespaces }) => namespaces.net === inode && inode !== null);
  const group = selected?.kind === "cgroup" ? selected.id : task?.cgroup;
  const container = containerOf(cgroups.find(({ id }) => id === group)?.path ?? "", names);
  if (!container) return null;
  if (open) return <ConnectForm key={container.id} container={container.id} onDone={() => setOpen(false)} />;
  return (
    <button type="button" className={styles.open} onClick={() => setOpen(true)}>
      <GuestText text={container.name} max={20} /> · {text.network.connect}
    </button>
  );
}

/** What the host does with addresses: ports that it passes on, and its own that it lends. */
function Translations({ snapshot }: { readonly snapshot: KernelSnapshot }) {
  const text = useText();
  const { published, masquerade } = useMemo(() => translations(snapshot), [snapshot]);
  if (published.length === 0 && !masquerade) return null;
  return (
    <ul className={styles.nat} aria-label={text.network.nat}>
      {published.map((value) => (
        <li key={value}>
          {text.network.published}{" "}
          <Sourced source={natSource(value)}>
            <GuestText text={value} />
          </Sourced>
        </li>
      ))}
      {masquerade && (
        <li>
          NAT <Sourced source={natSource("masquerade")}>masquerade</Sourced>
        </li>
      )}
    </ul>
  );
}

interface WiresProps {
  readonly links: readonly MapLink[];
  readonly height: number;
  readonly rates: ReadonlyMap<string, DeviceRate>;
  readonly lit: ReadonlySet<string>;
}

/** The gap between the two columns is a hundred units wide, whatever that is in pixels. */
function Wires({ links, height, rates, lit }: WiresProps) {
  const text = useText();
  const busy = (link: MapLink) => {
    const rate = rates.get(deviceKey(link.from.device));
    return rate !== undefined && rate.rxPerSec + rate.txPerSec > 0;
  };
  return (
    <svg
      className={styles.wires}
      viewBox={`0 0 100 ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={text.network.wires(links.map(({ from, to }) => `${from.device.name} – ${to.device.name}`))}
    >
      {links.map((link) => (
        <path
          key={link.key}
          d={wire(link)}
          data-lit={lit.has(deviceKey(link.from.device)) || undefined}
          data-busy={busy(link) || undefined}
          style={{ "--speed": "1s" } as CSSProperties}
        />
      ))}
    </svg>
  );
}

function wire({ from, to }: MapLink): string {
  const x = (side: "left" | "right") => (side === "left" ? 0 : 100);
  if (from.side === to.side) {
    const [edge, out] = from.side === "left" ? [0, 60] : [100, 40];
    return `M${edge} ${from.y}C${out} ${from.y} ${out} ${to.y} ${edge} ${to.y}`;
  }
  return `M${x(from.side)} ${from.y}C50 ${from.y} 50 ${to.y} ${x(to.side)} ${to.y}`;
}
