"use client";

import { type CSSProperties, memo } from "react";
import { containerOf } from "../../../lib/stores/names-store.ts";
import { toggleSelection } from "../../../lib/stores/selection-store.ts";
import { useText } from "../../text/text-context.tsx";
import { cleanGuestText, GuestText } from "../../ui/guest-text.tsx";
import { useKernel, useNames, useSelection, useSession } from "../../workbench/session-context.tsx";
import { Sourced } from "../sourced.tsx";
import { hostnameSource, uidMapSource } from "../value-sources.ts";
import styles from "./glass.module.css";
import type { GlassPane } from "./glass-scene.ts";
import { Liquid, PaneFigures } from "./liquid.tsx";
import { NamespaceBadges } from "./namespace-badges.tsx";
import { sheets } from "./namespace-style.ts";
import { ChipRow } from "./process-chip.tsx";

interface PaneProps {
  readonly pane: GlassPane;
  /** Many panes: thinner sheets, less room. */
  readonly dense: boolean;
}

export const Pane = memo(function Pane({ pane, dense }: PaneProps) {
  const text = useText();
  const { cgroup, own, chips, panes } = pane;
  const struck = useKernel((state) => cgroup !== null && state.struck.has(cgroup.id));
  const lit = useLit(pane);
  const name = usePaneName(pane);
  const pid = chips[0]?.outside ?? 0;
  const style: CSSProperties = sheets(own, dense);
  return (
    <section
      className={styles.pane}
      style={style}
      aria-label={text.glass.containerWorld(cleanGuestText(name))}
      data-glass={own.length > 0 || undefined}
      data-struck={struck || undefined}
      data-lit={lit || undefined}
      data-frozen={cgroup?.frozen || undefined}
      data-leaving={(panes.length === 0 && chips.every(({ fate }) => fate === "gone")) || undefined}
    >
      {cgroup && <Liquid cgroup={cgroup} struck={struck} />}
      <PaneTitle pane={pane} name={name} />
      {own.length > 0 && <NamespaceBadges namespaces={pane.namespaces} pid={pid} />}
      <ChipRow chips={chips} />
      {pane.uidMap && (
        <p className={styles.note}>
          <Sourced source={uidMapSource(pid, `${pane.uidMap.inside} ${pane.uidMap.outside}`)}>
            {text.glass.rootInside(pane.uidMap.inside, pane.uidMap.outside)}
          </Sourced>
        </p>
      )}
      {panes.length > 0 && (
        <div className={styles.panes}>
          {panes.map((inner) => (
            <Pane key={inner.key} pane={inner} dense={dense} />
          ))}
        </div>
      )}
      {cgroup && <PaneFigures cgroup={cgroup} />}
    </section>
  );
});

function PaneTitle({ pane, name }: { readonly pane: GlassPane; readonly name: string }) {
  const text = useText();
  const { selection } = useSession();
  const { cgroup, hostname, chips } = pane;
  return (
    <h3 className={styles.title}>
      {cgroup ? (
        <button
          type="button"
          onClick={() => toggleSelection(selection, { kind: "cgroup", id: cgroup.id })}
          className={styles.name}
        >
          <GuestText text={name} max={32} />
        </button>
      ) : (
        <span className={styles.name}>
          <GuestText text={name} max={32} />
        </span>
      )}
      {hostname !== null && hostname !== name && (
        <small>
          <Sourced source={hostnameSource(chips[0]?.outside ?? 0, hostname)}>
            <GuestText text={hostname} max={24} />
          </Sourced>
        </small>
      )}
      {cgroup && (
        <small className={styles.path}>
          <GuestText text={shortCgroupPath(cgroup.path)} max={40} />
        </small>
      )}
      {cgroup?.frozen && <small className={styles.frost}>{text.glass.frozen}</small>}
    </h3>
  );
}

/** Container ids are 64 digits; twelve tell them apart, as docker shows them. */
function shortCgroupPath(path: string): string {
  return path.replace(/[0-9a-f]{64}/g, (id) => id.slice(0, 12));
}

function usePaneName(pane: GlassPane): string {
  const text = useText();
  const names = useNames();
  const container = pane.cgroup ? containerOf(pane.cgroup.path, names) : null;
  if (container) return container.name;
  if (pane.own.length === 0) return pane.cgroup?.name ?? text.glass.vessel;
  return text.glass.unshared(pane.own.map((type) => text.isolation.types[type]));
}

/** Lit when the selection is this pane's cgroup or a namespace that it has for itself. */
function useLit(pane: GlassPane): boolean {
  return useSelection(({ selected }) => {
    if (selected?.kind === "cgroup") return pane.cgroup?.id === selected.id;
    if (selected?.kind === "namespace") return pane.namespaces[selected.type].inode === selected.inode;
    return false;
  });
}
