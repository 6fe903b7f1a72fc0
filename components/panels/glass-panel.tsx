"use client";

import { useMemo, useRef } from "react";
import type { KernelState } from "../../lib/stores/kernel-store.ts";
import { useText } from "../text/text-context.tsx";
import { GuestText } from "../ui/guest-text.tsx";
import { FIRST_COMMANDS } from "../workbench/quick-commands.ts";
import { useKernel, useSession } from "../workbench/session-context.tsx";
import styles from "./glass/glass.module.css";
import { buildScene, type GlassScene } from "./glass/glass-scene.ts";
import { KeptNamespaces, keptNamespaces } from "./glass/kept-namespaces.tsx";
import { Pane } from "./glass/pane.tsx";
import { ChipRow } from "./glass/process-chip.tsx";
import { useChipMotion } from "./glass/use-chip-motion.ts";
import { Panel } from "./panel.tsx";
import { Sourced } from "./sourced.tsx";
import { useRevealSelected } from "./use-reveal-selected.ts";
import { namespaceSource } from "./value-sources.ts";

const selectSnapshot = (state: KernelState) => state.snapshot;
const selectDeparted = (state: KernelState) => state.departed;

/** From here on panes are drawn smaller. */
const MANY = 4;
/** With many containers the host's world is mostly their supervisors. */
const MANY_HOST_CHIPS = 6;

/** Namespaces are glass, the cgroup is the water in it, processes live inside; the host's world is all around. */
export function GlassPanel() {
  const text = useText();
  const snapshot = useKernel(selectSnapshot);
  const departed = useKernel(selectDeparted);
  const scene = useMemo(() => (snapshot ? buildScene(snapshot, departed) : null), [snapshot, departed]);
  const world = useRef<HTMLDivElement>(null);
  useChipMotion(world, scene);
  useRevealSelected(world, 'li [aria-pressed="true"], section[data-lit]');
  const kept = useMemo(() => (snapshot ? keptNamespaces(snapshot.namespaces) : []), [snapshot]);
  const counts = snapshot
    ? text.glass.counts(snapshot.tasks.length, snapshot.namespaces.length, snapshot.cgroups.length)
    : null;
  return (
    <Panel title={text.glass.title} hint={text.glass.hint} aside={counts} className={styles.panel}>
      <div className={styles.world} ref={world}>
        {scene ? <World scene={scene} /> : <p className={styles.note}>{text.glass.waiting}</p>}
        <KeptNamespaces namespaces={kept} />
      </div>
    </Panel>
  );
}

function World({ scene }: { readonly scene: GlassScene }) {
  const text = useText();
  const { hostTask, panes } = scene;
  const hostname = useKernel((state) => {
    const uts = hostTask?.namespaces.uts;
    return state.snapshot?.namespaces.find((namespace) => namespace.inode === uts)?.hostname ?? null;
  });
  return (
    <>
      <h3 className={styles.hostTitle}>
        {text.glass.hostWorld}
        {hostname !== null && (
          <small>
            <GuestText text={hostname} max={32} />
          </small>
        )}
        {hostTask && (
          <small>
            <Sourced source={namespaceSource(1, "pid", hostTask.namespaces.pid)}>
              pid:[{hostTask.namespaces.pid}]
            </Sourced>
          </small>
        )}
      </h3>
      <ChipRow
        chips={scene.hostChips}
        max={panes.length > MANY ? MANY_HOST_CHIPS : undefined}
        rest={scene.kernelThreads}
        restLabel={text.glass.kernelThreads(scene.kernelThreads)}
      />
      {panes.length > 0 ? (
        <div className={styles.panes} data-many={panes.length > MANY || undefined}>
          {panes.map((pane) => (
            <Pane key={pane.key} pane={pane} dense={panes.length > MANY} />
          ))}
        </div>
      ) : (
        <EmptyWorld />
      )}
    </>
  );
}

function EmptyWorld() {
  const text = useText();
  const session = useSession();
  return (
    <div className={styles.empty}>
      <p className={styles.emptyTitle}>{text.glass.emptyTitle}</p>
      <p>{text.glass.emptyBody}</p>
      <ul>
        {FIRST_COMMANDS.map((command) => (
          <li key={command}>
            <button type="button" onClick={() => session.type("hvc0", `${command}\r`)}>
              {command}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
