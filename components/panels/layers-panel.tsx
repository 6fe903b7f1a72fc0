"use client";

import { type CSSProperties, memo, useDeferredValue, useMemo, useState } from "react";
import type { Overlay } from "../../lib/protocol/kernel-mount.ts";
import type { KernelSnapshot } from "../../lib/protocol/kernel-snapshot.ts";
import type { KernelState } from "../../lib/stores/kernel-store.ts";
import { toggleSelection } from "../../lib/stores/selection-store.ts";
import type { Text } from "../text/ko.ts";
import { useText } from "../text/text-context.tsx";
import { formatBytes } from "../ui/format.ts";
import { cleanGuestText, GuestText } from "../ui/guest-text.tsx";
import { useKernel, useNames, useSelection, useSession } from "../workbench/session-context.tsx";
import { EmptyNote } from "./empty-note.tsx";
import { type LayerRow, layerRows, layerSums, lowerNames } from "./layers/layer-rows.ts";
import styles from "./layers/layers.module.css";
import { Panel } from "./panel.tsx";
import { Sourced } from "./sourced.tsx";
import { useRowWindow } from "./tree/use-row-window.ts";
import { isPlainName, type Trial, TryList } from "./try-list.tsx";
import { overlaySource } from "./value-sources.ts";
import { worldName } from "./world-names.ts";

const selectSnapshot = (state: KernelState) => state.snapshot;
/** As in layers.module.css. */
const ROW_PX = 23;

/** An overlay's layers side by side: what lies below, what was written over it, and what a process sees. */
export function LayersPanel() {
  const text = useText();
  const names = useNames();
  const snapshot = useDeferredValue(useKernel(selectSnapshot));
  const [picked, setPicked] = useState<string | null>(null);
  const choices = useMemo(() => (snapshot ? overlaysOf(snapshot, names, text) : []), [snapshot, names, text]);
  const follows = useSelectedOverlay(snapshot);
  const chosen =
    choices.find(({ overlay }) => overlay.device === (follows ?? picked)) ??
    choices.find(({ overlay }) => overlay.device === picked) ??
    mostTelling(choices);
  return (
    <Panel
      title={text.layers.title}
      hint={text.layers.hint}
      aside={
        choices.length > 1 &&
        chosen && (
          <select
            className={styles.chooser}
            aria-label={text.layers.choose}
            value={chosen.overlay.device}
            onChange={(event) => setPicked(event.target.value)}
          >
            {choices.map(({ overlay, name }) => (
              <option key={overlay.device} value={overlay.device}>
                {name}
              </option>
            ))}
          </select>
        )
      }
    >
      {chosen ? <Layers {...chosen} key={chosen.overlay.device} /> : <EmptyNote>{text.layers.empty}</EmptyNote>}
    </Panel>
  );
}

interface Choice {
  readonly overlay: Overlay;
  readonly name: string;
  readonly mountPoint: string;
  readonly mount: { readonly namespace: number; readonly id: number } | null;
  readonly pid: number;
  readonly container: string | null;
}

/** The newest container that has written something. */
function mostTelling(choices: readonly Choice[]): Choice | undefined {
  return choices.find(({ container, overlay }) => container !== null && overlay.upper.length > 0) ?? choices[0];
}

/** Containers' overlays first, the newest at the front; the guest's own root last. */
function overlaysOf(snapshot: KernelSnapshot, names: ReadonlyMap<string, string>, text: Text): readonly Choice[] {
  const choices = snapshot.overlays.map((overlay) => {
    const mounts = snapshot.mounts.filter(({ device, fstype }) => device === overlay.device && fstype === "overlay");
    const root = mounts.find(({ mountPoint }) => mountPoint === "/") ?? mounts[0];
    const world = root && worldName(snapshot, names, "mnt", root.namespace);
    const pid = snapshot.tasks.find((task) => task.namespaces.mnt === root?.namespace)?.pid ?? 1;
    const name =
      world?.kind === "host"
        ? text.glass.hostWorld
        : cleanGuestText(world && "name" in world ? world.name : overlay.device, 32);
    const container = world?.kind === "container" ? world.name : null;
    const rank = container !== null ? 0 : world?.kind === "host" ? 2 : 1;
    return { overlay, name, mountPoint: root?.mountPoint ?? "", mount: root ?? null, pid, container, rank };
  });
  return choices.sort((a, b) => a.rank - b.rank || b.pid - a.pid);
}

/** The overlay that the selected process, namespace or mount stands on. */
function useSelectedOverlay(snapshot: KernelSnapshot | null): string | null {
  const selected = useSelection((state) => state.selected);
  if (!snapshot || !selected) return null;
  const inode =
    selected.kind === "task"
      ? snapshot.tasks.find(({ pid }) => pid === selected.pid)?.namespaces.mnt
      : selected.kind === "cgroup"
        ? snapshot.tasks.find(({ cgroup }) => cgroup === selected.id)?.namespaces.mnt
        : selected.kind === "namespace"
          ? selected.inode
          : selected.namespace;
  const root = snapshot.mounts.find(
    ({ namespace, fstype, mountPoint }) => namespace === inode && fstype === "overlay" && mountPoint === "/",
  );
  return root?.device ?? null;
}

function trialsIn(container: string | null, { layers }: Text): readonly Trial[] {
  if (container === null || !isPlainName(container)) return [];
  const inside = `docker exec ${container}`;
  return [
    { what: layers.trials.make, command: `${inside} touch /hello` },
    { what: layers.trials.change, command: `${inside} sh -c 'echo >> /etc/passwd'` },
    { what: layers.trials.remove, command: `${inside} rm /etc/group` },
  ];
}

function Layers({ overlay, mountPoint, mount, pid, container }: Choice) {
  const text = useText();
  const { selection } = useSession();
  const rows = useMemo(() => layerRows(overlay), [overlay]);
  const sums = useMemo(() => layerSums(overlay.upper), [overlay]);
  const lower = lowerNames(overlay.lowerdir);
  const { attach, onScroll, window } = useRowWindow(rows.length, ROW_PX);
  return (
    <div className={styles.scroll} ref={attach} onScroll={onScroll}>
      <table className={styles.table} aria-rowcount={rows.length + 1}>
        <caption className="visually-hidden">{text.layers.caption}</caption>
        <thead>
          <tr>
            <th scope="col" data-layer="lower">
              <Sourced source={overlaySource(pid, "lowerdir", overlay.lowerdir)}>{text.layers.lower}</Sourced>
              <small> · {text.layers.lowerHint}</small>
              <ol className={styles.sheets} aria-label="lowerdir">
                {lower.map((name, index) => (
                  <li key={name} style={{ "--i": index } as CSSProperties}>
                    <GuestText text={name} max={20} />
                  </li>
                ))}
              </ol>
            </th>
            <th scope="col" data-layer="upper">
              <Sourced source={overlaySource(pid, "upperdir", overlay.upperdir ?? "–")}>{text.layers.upper}</Sourced>
              <small> · {text.layers.upperHint}</small>
              <p>{text.layers.sums(sums.copiedUp, sums.made, sums.whiteouts)}</p>
              <p>{formatBytes(sums.sizeBytes)}</p>
            </th>
            <th scope="col" data-layer="merged">
              <button
                type="button"
                onClick={() =>
                  mount && toggleSelection(selection, { kind: "mount", namespace: mount.namespace, id: mount.id })
                }
              >
                {text.layers.merged}
              </button>
              <small> · {text.layers.mergedHint}</small>
              <p>
                <GuestText text={mountPoint} max={40} />
              </p>
            </th>
          </tr>
        </thead>
        <tbody>
          {window.first > 0 && <Gap rows={window.first} />}
          {rows.slice(window.first, window.end).map((row) => (
            <Row key={`${row.path} ${row.entry.kind}`} row={row} />
          ))}
          {window.end < rows.length && <Gap rows={rows.length - window.end} />}
        </tbody>
      </table>
      {rows.length === 0 && <EmptyNote>{text.layers.untouched}</EmptyNote>}
      {overlay.truncated && <EmptyNote>{text.layers.truncated}</EmptyNote>}
      <TryList trials={trialsIn(container, text)} />
    </div>
  );
}

function Gap({ rows }: { readonly rows: number }) {
  // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: a gap is no row of the table.
  return <tr role="presentation" style={{ height: rows * ROW_PX }} />;
}

const Row = memo(
  function Row({ row }: { readonly row: LayerRow }) {
    const text = useText();
    const { entry, name, depth, below, seen } = row;
    const indent = { "--depth": Math.min(depth, 10) } as CSSProperties;
    const directory = entry.kind === "directory";
    const slash = directory ? "/" : "";
    return (
      <tr data-kind={entry.kind} data-seen={seen}>
        <td data-layer="lower" style={indent}>
          {below === true && (
            <span className={styles.entry} data-covered={seen !== "both" || undefined}>
              <GuestText text={name} max={48} />
              {slash}
              {seen !== "both" && <span className="visually-hidden"> {text.layers.covered}</span>}
            </span>
          )}
          {below === null && <small title={text.layers.unknown}>?</small>}
        </td>
        <td data-layer="upper" style={indent}>
          <div className={styles.written}>
            <span className={styles.entry} data-from={below === true && !directory ? "lower" : "new"}>
              {entry.kind === "whiteout" ? <b>{text.layers.whiteout}</b> : null} <GuestText text={name} max={48} />
              {slash}
            </span>
            {!directory && entry.kind !== "whiteout" && (
              <small>
                {below === true && <b>{text.layers.copiedUp} </b>}
                {formatBytes(entry.sizeBytes)}
              </small>
            )}
            {entry.opaque && <small>{text.layers.opaque}</small>}
          </div>
        </td>
        <td data-layer="merged" style={indent}>
          {seen === "nothing" ? (
            <s className={styles.entry}>
              <GuestText text={name} max={48} />
            </s>
          ) : (
            <span className={styles.entry}>
              <GuestText text={name} max={48} />
              {slash}
            </span>
          )}
        </td>
      </tr>
    );
  },
  ({ row: a }, { row: b }) => a.entry === b.entry && a.below === b.below,
);
