"use client";

import { useDeferredValue } from "react";
import type { Cgroup, KernelSnapshot } from "../../lib/protocol/kernel-snapshot.ts";
import type { CgroupSample } from "../../lib/stores/history-store.ts";
import type { KernelState } from "../../lib/stores/kernel-store.ts";
import { containerOf } from "../../lib/stores/names-store.ts";
import type { SelectionState } from "../../lib/stores/selection-store.ts";
import { useText } from "../text/text-context.tsx";
import { cleanGuestText } from "../ui/guest-text.tsx";
import { useHistory, useKernel, useNames, useSelection, useSession } from "../workbench/session-context.tsx";
import styles from "./cgroup/cgroup.module.css";
import { CpuMeter, MemoryMeter, PidsMeter } from "./cgroup/meters.tsx";
import { pickCgroup } from "./cgroup/pick-cgroup.ts";
import { EmptyNote } from "./empty-note.tsx";
import { Panel } from "./panel.tsx";

const selectSnapshot = (state: KernelState) => state.snapshot;
const selectStruck = (state: KernelState) => state.struck;
const selectSelected = (state: SelectionState) => state.selected;
const NO_SAMPLES: readonly CgroupSample[] = [];

/** What a cgroup uses of what it may use, with the last minute of it. */
export function CgroupPanel() {
  const text = useText();
  const snapshot = useDeferredValue(useKernel(selectSnapshot));
  const selected = useSelection(selectSelected);
  const struck = useKernel(selectStruck);
  const cgroup = snapshot ? pickCgroup(snapshot, selected, struck) : null;
  return (
    <Panel
      title={text.cgroup.title}
      aside={snapshot && cgroup ? <Chooser snapshot={snapshot} cgroup={cgroup} /> : null}
      className={styles.panel}
    >
      {cgroup ? <Meters cgroup={cgroup} /> : <EmptyNote>{text.cgroup.none}</EmptyNote>}
    </Panel>
  );
}

function Chooser({ snapshot, cgroup }: { readonly snapshot: KernelSnapshot; readonly cgroup: Cgroup }) {
  const text = useText();
  const names = useNames();
  const { selection } = useSession();
  return (
    <select
      className={styles.chooser}
      aria-label={text.cgroup.choose}
      value={cgroup.id}
      onChange={(event) => selection.setState({ selected: { kind: "cgroup", id: Number(event.target.value) } })}
    >
      {snapshot.cgroups.map(({ id, path }) => {
        const name = containerOf(path, names)?.name;
        const shown = cleanGuestText(
          path.replace(/[0-9a-f]{64}/g, (hex) => hex.slice(0, 12)),
          48,
        );
        return (
          <option key={id} value={id}>
            {name ? `${cleanGuestText(name, 24)} · ${shown}` : shown}
          </option>
        );
      })}
    </select>
  );
}

function Meters({ cgroup }: { readonly cgroup: Cgroup }) {
  const text = useText();
  const samples = useHistory((state) => state.cgroups.get(cgroup.id) ?? NO_SAMPLES);
  const { memory, cpu, pids } = cgroup;
  return (
    <div className={styles.meters}>
      {memory && <MemoryMeter cgroup={cgroup} figures={memory} samples={samples} />}
      {cpu && <CpuMeter cgroup={cgroup} figures={cpu} samples={samples} />}
      {pids && <PidsMeter cgroup={cgroup} figures={pids} samples={samples} />}
      {!memory && !cpu && !pids && <EmptyNote>{text.cgroup.controllerOff}</EmptyNote>}
    </div>
  );
}
